"""The settings: one table from which parsing, messages, the clients' manifests and the README are made."""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from charrnn.model import DEVICES
from charrnn.sampling import Sampling
from charrnn.search import DEFAULT_CONFIDENCE, LENGTHS, Length, SearchOptions
from charrnn_lsp.regions import KINDS

PROSE = (
    "plaintext", "markdown", "latex", "tex", "restructuredtext", "rst", "asciidoc", "html", "org", "typst",
    "git-commit", "gitcommit", "mail", "text", "quarto", "rmd", "scminput",
)  # fmt: skip


def _setting(default: Any, text: str, **limits: Any) -> Any:
    """A field with its description and limits: `choices`, or `low` and `high`."""
    return field(default=default, metadata={"text": text, **limits})


@dataclass(frozen=True)
class Settings:
    """What a writer can choose. A client knows each name in camelCase, within the section `charrnn`."""

    enable: bool = _setting(True, "Offer suggestions. Off really is off: no work is done.")
    model: str = _setting("english", "The model: the name of an installed one, or a path.")
    device: str = _setting("auto", "What computes: auto, cpu, cuda or mps.", choices=DEVICES)
    trigger: str = _setting(
        "automatic", "Whether to suggest while you type, or only when asked to.", choices=("automatic", "manual")
    )
    temperature: float = _setting(
        0.0, "How adventurous suggestions are: 0 is the most probable text, 1 draws as the model would.", low=0, high=2
    )
    top_p: float = _setting(
        1.0, "Draw only from the most probable characters with this much probability.", low=0.01, high=1
    )
    top_k: int = _setting(0, "Draw only from so many characters; 0 is no limit.", low=0, high=1000)
    min_p: float = _setting(
        0.0, "Draw only from characters with this share of the greatest probability.", low=0, high=1
    )
    candidates: int = _setting(4, "How many continuations are followed at once.", low=1, high=32)
    length: Length = _setting("phrase", "How much to suggest.", choices=LENGTHS)
    max_characters: int = _setting(80, "The longest suggestion, in characters.", low=2, high=400)
    min_confidence: float = _setting(
        DEFAULT_CONFIDENCE,
        "Show a suggestion only if it is right with this probability; 0 always shows the best.",
        low=0,
        high=1,
    )
    memory: str = _setting(
        "documents",
        "Learn names and phrases from what you write, in memory only: off, the open documents, or folders too.",
        choices=("off", "documents", "folders"),
    )
    memory_folders: tuple[str, ...] = _setting(
        (), "The folders of your texts (.txt, .md) to learn from, newest first, where memory is folders."
    )
    languages: tuple[str, ...] = _setting(PROSE, "The languages (by the editor's identifiers) to suggest in.")
    skip: tuple[str, ...] = _setting(
        KINDS, "Where to stay silent, in languages with markup, unless asked.", choices=KINDS
    )
    threads: int = _setting(1, "CPU threads that compute a suggestion.", low=1, high=64)

    def search_options(self) -> SearchOptions:
        """What of these concerns the search."""
        return SearchOptions(
            Sampling(self.temperature, self.top_k, self.top_p, self.min_p),
            self.candidates,
            self.length,
            self.max_characters,
            self.min_confidence,
        )


def json_name(name: str) -> str:
    """`max_characters` -> `maxCharacters`."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def parse_settings(values: object, base: Settings | None = None) -> tuple[Settings, list[str]]:
    """Settings from a client's object over `base` (default: the defaults), and a message for each value that is wrong.

    A wrong value leaves the one of `base`.
    """
    settings = base or Settings()
    if values is None:
        return settings, []
    if not isinstance(values, Mapping):
        return settings, [f"The section charrnn of the settings must be an object, not {reprlib.repr(values)}."]
    fields = {json_name(item.name): item for item in dataclasses.fields(Settings)}
    good: dict[str, Any] = {}
    messages: list[str] = []
    for key, value in values.items():
        if key not in fields:
            messages.append(f"charrnn.{str(key)[:100]} is not a setting. Settings are {', '.join(fields)}.")
        elif value is None:
            continue
        elif problem := _problem(fields[key], value):
            messages.append(
                f"charrnn.{key} is {reprlib.repr(value)}; it must be {problem}. "
                f"Using {getattr(settings, fields[key].name)!r}."
            )
        else:
            good[fields[key].name] = tuple(value) if isinstance(value, list) else value
    return dataclasses.replace(settings, **good), messages


def _problem(item: dataclasses.Field[Any], value: object) -> str:
    """What `value` would have to be for this field; empty if it is."""
    default, limits = item.default, item.metadata
    match default:
        case bool():
            return "" if isinstance(value, bool) else "true or false"
        case int() | float():
            low, high = limits["low"], limits["high"]
            kinds = (int, float) if isinstance(default, float) else (int,)
            fits = isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
            kind = "a number" if isinstance(default, float) else "a whole number"
            return "" if fits else f"{kind} from {low} to {high}"
        case tuple():
            entries = value if isinstance(value, list) else [None]
            if (choices := limits.get("choices")) is not None:
                return "" if all(entry in choices for entry in entries) else f"a list of some of {_listed(choices)}"
            return "" if all(isinstance(entry, str) for entry in entries) else "a list of strings"
        case _ if "choices" in limits:
            return "" if value in limits["choices"] else f"one of {_listed(limits['choices'])}"
        case _:
            return "" if isinstance(value, str) and value else "a string"


def _listed(choices: Iterable[str]) -> str:
    return ", ".join(repr(choice) for choice in choices)
