"""Settings: each wrong value gets one message that says what is allowed, and leaves the rest alone."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.search import SearchOptions
from charrnn_lsp.settings import Settings, json_name, parse_settings

NAMES = {field.name: json_name(field.name) for field in dataclasses.fields(Settings)}
OTHERS: dict[str, Any] = {
    "enable": False, "model": "mine", "device": "cpu", "trigger": "manual", "temperature": 0.5, "topP": 0.5, "topK": 3,
    "minP": 0.1, "candidates": 2, "length": "word", "maxCharacters": 20, "minConfidence": 0.1,
    "memory": "off", "memoryFolders": ["/texts"], "languages": ["markdown"], "skip": ["code"], "threads": 2,
}  # fmt: skip


def test_names_are_in_camel_case() -> None:
    assert json_name("max_characters") == "maxCharacters"
    assert json_name("enable") == "enable"


def test_the_table_of_this_test_is_complete() -> None:
    assert set(OTHERS) == set(NAMES.values())


@pytest.mark.parametrize("key", OTHERS)
def test_a_value_is_taken_over(key: str) -> None:
    settings, messages = parse_settings({key: OTHERS[key]})
    name = next(name for name in NAMES if NAMES[name] == key)
    expected = tuple(OTHERS[key]) if isinstance(OTHERS[key], list) else OTHERS[key]
    assert getattr(settings, name) == expected != getattr(Settings(), name)
    assert dataclasses.replace(settings, **{name: getattr(Settings(), name)}) == Settings()
    assert messages == []


WRONG = [
    ("enable", "yes", "true or false"),
    ("enable", 1, "true or false"),
    ("model", 5, "a string"),
    ("model", "", "a string"),
    ("device", "gpu", "one of 'auto', 'cpu', 'cuda', 'mps'"),
    ("device", ["cpu"], "one of 'auto', 'cpu', 'cuda', 'mps'"),
    ("trigger", "always", "one of 'automatic', 'manual'"),
    ("temperature", "hot", "a number from 0 to 2"),
    ("temperature", -1, "a number from 0 to 2"),
    ("temperature", 2.1, "a number from 0 to 2"),
    ("temperature", math.nan, "a number from 0 to 2"),
    ("temperature", True, "a number from 0 to 2"),
    ("topP", 0, "a number from 0.01 to 1"),
    ("topK", 1.5, "a whole number from 0 to 1000"),
    ("topK", -1, "a whole number from 0 to 1000"),
    ("minP", {}, "a number from 0 to 1"),
    ("candidates", 0, "a whole number from 1 to 32"),
    ("candidates", 10**30, "a whole number from 1 to 32"),
    ("length", "page", "one of 'word', 'phrase', 'sentence', 'line'"),
    ("maxCharacters", 1, "a whole number from 2 to 400"),
    ("minConfidence", 60, "a number from 0 to 1"),
    ("languages", "markdown", "a list of strings"),
    ("languages", [1], "a list of strings"),
    ("threads", 0, "a whole number from 1 to 64"),
]


@pytest.mark.parametrize(("key", "value", "allowed"), WRONG)
def test_a_wrong_value_leaves_the_default_and_is_told_of(key: str, value: object, allowed: str) -> None:
    settings, (message,) = parse_settings({key: value, "maxCharacters" if key != "maxCharacters" else "topK": 9})
    default = getattr(Settings(), next(name for name in NAMES if NAMES[name] == key))
    assert message == f"charrnn.{key} is {value!r}; it must be {allowed}. Using {default!r}."
    assert 9 in (settings.max_characters, settings.top_k)  # the good one is taken over


def test_an_unknown_setting_is_told_of() -> None:
    settings, (message,) = parse_settings({"temprature": 1})
    assert message.startswith("charrnn.temprature is not a setting. Settings are enable, model, ")
    assert settings == Settings()


def test_null_is_not_set() -> None:
    assert parse_settings(dict.fromkeys(OTHERS)) == (Settings(), [])
    assert parse_settings(None) == (Settings(), [])


@pytest.mark.parametrize("values", [[], "temperature", 3, True])
def test_a_section_that_is_no_object_is_told_of(values: object) -> None:
    assert parse_settings(values) == (
        Settings(),
        [f"The section charrnn of the settings must be an object, not {values!r}."],
    )


def test_what_is_not_given_stays_as_it_was() -> None:
    base = Settings(model="mine", temperature=0.5)
    settings, messages = parse_settings({"temperature": 99, "topK": 2}, base)
    assert settings == dataclasses.replace(base, top_k=2)
    assert messages == ["charrnn.temperature is 99; it must be a number from 0 to 2. Using 0.5."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*OTHERS, "other"]), JSON) | JSON)
def test_any_json_gives_settings_and_messages(values: object) -> None:
    settings, messages = parse_settings(values)
    assert isinstance(settings, Settings)
    assert all(isinstance(message, str) and message.endswith(".") for message in messages)
    hash(settings)


def test_what_settings_allow_a_search_allows() -> None:
    for item in dataclasses.fields(Settings):
        if item.name in ("candidates", "max_characters", "min_confidence"):
            for limit in ("low", "high"):
                SearchOptions(**{item.name: item.metadata[limit]})


def test_every_setting_is_described() -> None:
    assert all(item.metadata["text"].endswith(".") for item in dataclasses.fields(Settings))
