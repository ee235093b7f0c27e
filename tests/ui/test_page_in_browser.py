"""What a person does on the page of `charrnn ui`, in a real browser; what is seen is held against the library."""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
from tests.browser import MISSING, has_browser
from tests.ui.conftest import OUTSIDE, SECRET, Server, Watch, keep

from charrnn.evaluation import character_bits
from charrnn.model import Model, load_model
from charrnn.sampling import Sampling
from charrnn.search import DEFAULT_CONFIDENCE, SearchOptions

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not has_browser(), reason=MISSING),
    pytest.mark.skipif(importlib.util.find_spec("gradio") is None, reason="needs the extra ui"),
]

TEMPERATURES = (0.2, 0.5, 0.8, 1.1, 1.4)
PROSE = Path(__file__).parents[2] / "benchmarks" / "texts" / "story.txt"
SURE = "It was the best thing that could have happened. At the same ti"  # after which the bundled model knows more
GATE = f"{DEFAULT_CONFIDENCE:.0%}"


T = TypeVar("T")


def wait_for(look: Callable[[], T], done: Callable[[T], bool], seconds: float = 90.0) -> T:
    """Look again and again until what is seen will do."""
    until = time.monotonic() + seconds
    while not done(seen := look()):
        assert time.monotonic() < until, f"still {seen!r:.300}"
        time.sleep(0.02)
    return seen


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def text_of(page: Page, box: str = "text") -> str:
    return page.locator(f"#{box} textarea").input_value()


def set_number(page: Page, box: str, value: float) -> None:
    """Type a number into the box of a slider."""
    field = page.locator(f"#{box} input[type=number]")
    field.fill(str(value))
    field.press("Enter")
    field.blur()


def write(page: Page, prompt: str, characters: int = 100) -> str:
    """Have a prompt continued; the text when all of it is there."""
    page.locator("#prompt textarea").fill(prompt)
    set_number(page, "length", characters)
    page.locator("button#write").click()
    return wait_for(lambda: text_of(page), lambda text: len(text) == len(prompt) + characters)


def library(model: Model, prompt: str, temperature: float, characters: int, seed: int = 1) -> str:
    return "".join(islice(model.generate(prompt, Sampling(temperature), seed), characters))


def choose_model(page: Page, name: str) -> None:
    page.locator("#model input").click()
    page.get_by_role("option", name=name).click()
    page.keyboard.press("Escape")


def test_text_appears_as_it_is_written(page: Page) -> None:
    page.locator("#prompt textarea").fill("It was")
    set_number(page, "length", 8000)
    page.locator("button#write").click()
    lengths: set[int] = set()
    wait_for(lambda: len(text_of(page)), lambda length: lengths.add(length) or length == 8006)
    assert len(lengths) > 4
    keep(page, "write")


def test_stop_stops_and_leaves_what_is_written(page: Page) -> None:
    page.locator("#prompt textarea").fill("It was")
    set_number(page, "length", 20_000)
    page.locator("button#write").click()
    wait_for(lambda: len(text_of(page)), lambda length: length > 60)
    page.locator("button#stop").click()
    stopped = wait_for(
        lambda: (text_of(page), page.wait_for_timeout(500), text_of(page)), lambda seen: seen[0] == seen[2]
    )
    assert 60 < len(stopped[0]) < 20_006
    assert len(write(page, "And then", 50)) == 58  # and it writes again


def test_sliders_seed_and_greedy_do_what_the_library_does(page: Page, english: Model) -> None:
    assert write(page, "It was") == "It was" + library(english, "It was", 0.8, 100)
    slider = page.locator("#temperature input[type=range]")
    slider.focus()
    for _ in range(6):
        slider.press("ArrowRight")
    assert page.locator("#temperature input[type=number]").input_value() == "1.1"
    set_number(page, "top-k", 5)
    set_number(page, "top-p", 0.9)
    set_number(page, "min-p", 0.02)
    set_number(page, "seed", 7)
    cut = Sampling(1.1, 5, 0.9, 0.02)
    assert write(page, "It was a") == "It was a" + "".join(islice(english.generate("It was a", cut, 7), 100))
    page.locator("#greedy input").check()
    assert write(page, "It is") == "It is" + library(english, "It is", 0, 100)


def test_another_text_is_that_of_the_next_seed(page: Page, english: Model) -> None:
    first = write(page, "It was")
    page.locator("button#another").click()
    assert wait_for(lambda: text_of(page), lambda text: len(text) == 106 and text != first) == "It was" + library(
        english, "It was", 0.8, 100, seed=2
    )


def test_five_temperatures_stand_side_by_side(page: Page, english: Model) -> None:
    page.locator("#prompt textarea").fill("It was")
    set_number(page, "length", 100)
    page.locator("button#compare").click()
    for number, temperature in enumerate(TEMPERATURES):
        column = page.locator(f"#t{number} textarea")
        wait_for(column.input_value, library(english, "It was", temperature, 100).lstrip().__eq__)
    boxes = [page.locator(f"#t{number}").bounding_box() for number in range(5)]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    keep(page, "five-temperatures")


@pytest.mark.parametrize("prompt", ["", "\U0001f469\u200d\U0001f680 \u4e2d\u6587 na\u00efve \u201cwell\u201d", " \n\n"])
def test_any_prompt_is_continued(page: Page, english: Model, prompt: str) -> None:
    assert write(page, prompt) == prompt + library(english, prompt, 0.8, 100)


def test_a_prompt_of_100_kilobytes_is_continued(page: Page) -> None:
    prompt = (PROSE.read_text(encoding="utf-8") * 50)[:100_000]
    assert write(page, prompt, 50).startswith(prompt)


def test_each_character_has_its_surprise(page: Page, english: Model) -> None:
    text = PROSE.read_text(encoding="utf-8")[:600] + " Xq\u4e2d\U0001f600"
    bits = character_bits(english.cell, english.vocabulary, text)
    measure(page, text)
    spans = page.locator("#heatmap .map span")
    wait_for(spans.count, lambda count: count == len(text))
    assert f"{bits.mean():.3f} bits per character over {len(text)} characters" in page.locator("#total").inner_text()
    levels = [int(name[1]) for name in spans.evaluate_all("spans => spans.map(span => span.classList[0])")]
    assert levels == np.clip(np.floor(np.round(bits, 2)), 0, 7).astype(int).tolist()
    spans.nth(100).click()
    cost = f"{bits[100]:.1f} bits ({2.0 ** -bits[100]:.2%})"
    wait_for(lambda: page.locator("#bars p").inner_text(), lambda said: cost in said)
    page.locator("#heatmap .map").press("ArrowRight")
    wait_for(lambda: page.locator("#bars p").inner_text(), lambda said: f"{bits[101]:.1f} bits" in said)
    assert page.locator("#bars .real").count() == 1
    assert page.locator("#bars .bar").count() == 12
    keep(page, "surprise")


def test_a_long_text_shows_how_far_it_was_read(page: Page) -> None:
    measure(page, (PROSE.read_text(encoding="utf-8") * 50)[:100_000])
    total = page.locator("#total")
    wait_for(total.inner_text, lambda said: bool(re.search(r"over ([5-9]|\d\d),\d+ of 100,000 characters", said)))
    set_number(page, "part", 2)
    shown = page.locator("#heatmap .said")
    wait_for(shown.inner_text, lambda said: said.startswith("Character 4,001:"))
    page.locator("#heatmap .map").press("ArrowRight")
    before = total.inner_text()
    wait_for(total.inner_text, lambda said: said != before)  # whoever looks at a part is left there while it reads on
    page.locator("button#measure-stop").click()

    def read() -> int:
        return int(total.inner_text().split(" of ")[0].rsplit(maxsplit=1)[1].replace(",", ""))

    wait_for(page.locator("#heatmap .map span").count, lambda count: count == min(read() - 4000, 4000))
    assert shown.inner_text().startswith("Character 4,002:")
    assert page.locator("#part input[type=number]").input_value() == "2"


def test_a_slow_browser_has_the_whole_map_in_the_end(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 16})
    measure(page, (PROSE.read_text(encoding="utf-8") * 5)[:10_000])
    wait_for(page.locator("#heatmap .map span").count, lambda count: count == 4000)


def test_no_text_has_no_surprise(page: Page) -> None:
    measure(page, "")
    assert "There is no text" in page.locator("#total").inner_text()


def measure(page: Page, text: str) -> None:
    """Have a text read; again where the tab was only just being drawn, and still had the text from before."""
    tab(page, "Surprise")
    said = f"{len(text):,} characters" if text else "There is no text"
    for _ in range(5):
        page.locator("#surprise-text textarea").fill(text)
        page.locator("button#measure").click()
        with suppress(AssertionError):
            wait_for(page.locator("#total").inner_text, lambda total: said in total, seconds=20)
            return
    raise AssertionError(f"It still says {page.locator('#total').inner_text()!r}.")


def ghost(page: Page) -> str:
    return page.locator("#typing .ghost").inner_text()


def type_text(page: Page, text: str) -> None:
    tab(page, "Type")
    area = page.locator("#typing textarea")
    area.click()
    area.press_sequentially(text)


def written(page: Page) -> str:
    return page.locator("#typing textarea").input_value()


def test_typing_shows_what_an_editor_would(page: Page, english: Model) -> None:
    options = SearchOptions(min_confidence=DEFAULT_CONFIDENCE)
    (expected,) = english.complete(SURE, options)
    tab(page, "Type")
    page.locator("#memory input").uncheck()
    page.locator("#typing textarea").fill(SURE)
    assert wait_for(lambda: ghost(page), bool) == expected.text
    assert "Shown: right" in page.locator("#typing .state").inner_text()
    keep(page, "type")
    page.keyboard.press("Tab")
    assert written(page) == SURE + expected.text
    # One to put the text there, one to take the rest.
    assert page.locator("#typing .saved").inner_text() == f"2 keys for {len(SURE + expected.text)} characters"


def test_typing_through_keeps_the_rest(page: Page) -> None:
    type_text(page, SURE)
    shown = wait_for(lambda: ghost(page), lambda text: len(text) > 1)
    page.keyboard.press(shown[0])
    assert ghost(page) == (shown[1:] if len(shown) > 2 else "")  # at once, before any answer
    page.keyboard.press("x")
    assert ghost(page) == ""


def test_taking_a_word_hiding_and_asking_for_others(page: Page) -> None:
    type_text(page, SURE)
    wait_for(lambda: ghost(page), bool)
    page.keyboard.press("Escape")
    assert ghost(page) == ""
    page.keyboard.press("Control+Space")
    first = wait_for(lambda: ghost(page), bool)
    page.keyboard.press("Alt+BracketRight")
    wait_for(lambda: ghost(page), lambda text: text not in ("", first))
    page.keyboard.press("Alt+BracketLeft")
    shown = wait_for(lambda: ghost(page), lambda text: text == first)
    page.keyboard.press("Control+ArrowRight")
    word = re.match(r"\s*\S+", shown)
    assert word
    assert written(page) == SURE + word.group()


def test_silence_says_why(page: Page) -> None:
    type_text(page, "Xqzv")
    state = page.locator("#typing .state")
    wait_for(state.inner_text, lambda said: f"and the threshold is {GATE}" in said or "worth a key" in said)
    assert ghost(page) == ""
    page.keyboard.press("ArrowLeft")
    wait_for(state.inner_text, lambda said: "inside a word" in said)


def test_the_gate_follows_its_slider(page: Page) -> None:
    type_text(page, "Xqzv and the p")
    wait_for(page.locator("#typing .state").inner_text, lambda said: f"threshold is {GATE}" in said)
    set_number(page, "confidence", 0)
    wait_for(lambda: ghost(page), bool)


def test_100_kilobytes_are_typed_into(page: Page) -> None:
    tab(page, "Type")
    area = page.locator("#typing textarea")
    area.fill((PROSE.read_text(encoding="utf-8") * 50)[:100_000])
    area.press_sequentially("\n" + SURE)
    wait_for(lambda: ghost(page), bool)


def test_emoji_before_the_cursor_shift_nothing(page: Page) -> None:
    type_text(page, "\U0001f469\u200d\U0001f680\U0001f600 " + SURE)
    shown = wait_for(lambda: ghost(page), bool)
    page.keyboard.press("Tab")
    assert written(page) == "\U0001f469\u200d\U0001f680\U0001f600 " + SURE + shown


def test_another_model_is_used_everywhere(page: Page, models: Path) -> None:
    sharp = load_model(str(models / "sharp"))
    choose_model(page, "sharp")
    assert write(page, "It was") == "It was" + library(sharp, "It was", 0.8, 100)
    tab(page, "Model")
    wait_for(page.locator("#facts").inner_text, lambda said: "lstm 2x16" in said)
    wait_for(page.locator("#curve").inner_text, lambda said: "records no learning curve" in said)
    measure(page, "It was so.")
    bits = character_bits(sharp.cell, sharp.vocabulary, "It was so.").mean()
    wait_for(page.locator("#total").inner_text, lambda said: f"{bits:.3f} bits" in said)


def test_the_card_and_the_learning_curve_are_shown(page: Page, english: Model) -> None:
    tab(page, "Model")
    bpc = english.artifact.training["after"]["bits"]
    wait_for(page.locator("#facts").inner_text, lambda said: f"{bpc:.4f} on" in said)
    points = page.locator("#curve polyline.validation").get_attribute("points") or ""
    assert len(points.split()) == len(english.artifact.training["history"])
    page.locator("#card").get_by_role("heading", name="Samples").wait_for()
    keep(page, "model")


def test_a_hostile_card_gets_nothing_from_elsewhere(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    choose_model(page, "hostile")
    tab(page, "Model")
    page.locator("#card").get_by_role("heading", name="hostile").wait_for()
    wait_for(lambda: watch.refused, bool)
    assert set(watch.refused) == {OUTSIDE}
    assert page.evaluate("document.querySelectorAll('#card script').length") == 0
    # That the browser refused it is said on its console; that is no complaint about the page.
    watch.complaints[:] = [said for said in watch.complaints if "Content Security Policy" not in said]


def test_the_keyboard_alone_is_enough(page: Page, english: Model) -> None:
    def press_until(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.closest({selector!r}) !== null"):
                return
        pytest.fail(f"Tab never comes to {selector}")

    press_until("#prompt")
    page.keyboard.press("Control+A")
    page.keyboard.type("It was")
    press_until("#write")
    page.keyboard.press("Enter")
    expected = "It was" + library(english, "It was", 0.8, 400)
    wait_for(lambda: text_of(page), lambda text: text == expected)


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestPhone:
    @pytest.fixture
    def options(self, scheme: str) -> dict[str, object]:
        return {"viewport": {"width": 360, "height": 740}, "color_scheme": scheme, "has_touch": True}

    def test_nothing_is_wider_than_a_phone(self, page: Page, scheme: str) -> None:
        light = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] > 127")
        assert light == (scheme == "light")
        for name in ("Write", "Type", "Surprise", "Model"):
            tab(page, name)
            if name == "Type":
                type_text(page, SURE)
                wait_for(lambda: ghost(page), bool)
            if name == "Surprise":
                page.locator("button#measure").click()
                page.locator("#bars .real").wait_for()
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
            keep(page, f"phone-{scheme}-{name.lower()}")


def test_what_is_typed_is_not_written_to_disk(page: Page, server: Server) -> None:
    write(page, f"{SECRET} was", 50)
    type_text(page, f"{SECRET} is")
    measure(page, SECRET)
    page.locator("#bars .real").wait_for()
    files = [file for file in server.home.rglob("*") if file.is_file()]
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]
