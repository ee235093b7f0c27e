"""Writing in Neovim with the real server and the bundled model: what is shown, taken, and left behind."""

from __future__ import annotations

import pytest
from tests.editors.neovim.nvim import Editor

pytestmark = pytest.mark.e2e

BEGINNING = "It was the first ti"


def test_the_suggestion_is_shown_in_grey_and_taken_whole(real: Editor) -> None:
    path = real.write("note.md")
    real.type(BEGINNING)
    ghost = real.see_ghost(lambda text: text.startswith("me"))
    assert real.line == BEGINNING, "what is shown is not in the text"
    assert BEGINNING + ghost in real.screen
    real.keys("<Tab>")
    real.wait_until(lambda: real.line == BEGINNING + ghost, "the suggestion to be taken")
    real.keys("<Esc>")
    real.nvim.command("write")
    assert path.read_text(encoding="utf-8") == BEGINNING + ghost + "\n"


def test_a_word_is_taken_and_the_rest_stays_without_a_gap(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    ghost = real.see_ghost(lambda text: text.startswith("me"))
    word = ghost.split()[0]
    real.keys("<C-Right>")
    real.wait_until(lambda: real.line == BEGINNING + word, "the word to be taken")
    if ghost != word:
        assert real.ghost == ghost.removeprefix(word), "at once, not with the next answer"


def test_typing_what_is_shown_shortens_it_and_deleting_brings_it_back(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    ghost = real.see_ghost(lambda text: text.startswith("me"))
    real.type("m")
    assert real.ghost == ghost[1:]
    real.keys("<BS>")
    real.see_ghost(ghost)


def test_a_typo_removes_it_and_its_correction_brings_it_back(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    ghost = real.see_ghost(lambda text: text.startswith("me"))
    real.type("q")
    assert not real.ghost.startswith("me")
    real.keys("<BS>")
    real.see_ghost(ghost)


@pytest.mark.parametrize(
    "before", ["漢字かな交じり文。", "🎉👩‍👩‍👧 ", "e\u0301\U0001d4b3 "], ids=["CJK", "emoji", "combining"]
)
def test_wide_characters_before_the_cursor_do_not_move_it(real: Editor, version: str, before: str) -> None:
    real.write("note.md", before + "\n")
    encoding = real.lua("return require('charrnn.client').of().offset_encoding")
    assert encoding == {"0.12": "utf-8", "0.10": "utf-16"}[version]
    real.type(BEGINNING)
    word = real.see_ghost(lambda text: text.startswith("me")).split()[0]
    real.keys("<C-Right>")
    real.wait_until(lambda: real.line == before + BEGINNING + word, "the word at the cursor")


def test_each_taking_is_one_step_of_undo(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    whole = BEGINNING + real.see_ghost(lambda text: text.startswith("me"))
    real.keys("<Tab>")
    real.wait_until(lambda: real.line == whole, "the suggestion to be taken")
    real.type(" and th")
    longer = whole + " and th" + real.see_ghost(lambda text: not text[:1].isspace() and text)
    real.keys("<Tab>")
    real.wait_until(lambda: real.line == longer, "the next to be taken")
    real.keys("<Esc>u")
    real.wait_until(lambda: real.line == whole + " and th", "the second to be undone")
    real.keys("u")
    real.wait_until(lambda: real.line == BEGINNING, "the first, with what was typed after it")
    real.keys("<C-r>")
    real.wait_until(lambda: real.line == whole + " and th", "it to be back")


def test_alternatives_are_asked_for_and_gone_through(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    first = real.see_ghost()
    real.keys("<M-n>")
    second = real.see_ghost(lambda text: "(2/" in text)
    assert second.partition(" (2/")[0] != first
    real.keys("<M-p>")
    real.see_ghost(lambda text: text.startswith(first) and "(1/" in text)
    real.keys("<M-n>")
    real.see_ghost(second)
    real.keys("<Tab>")
    real.wait_until(lambda: real.line == BEGINNING + second.partition(" (2/")[0], "the second to be taken")


def test_a_suggestion_that_is_asked_for_comes_however_unsure(real: Editor) -> None:
    real.write("note.md")
    real.nvim.command("lua vim.lsp.get_clients({ name = 'charrnn' })[1].settings = { charrnn = { minConfidence = 1 } }")
    settings = "{ settings = { charrnn = { minConfidence = %s } } }"
    notify = (
        "require('charrnn.client').call(require('charrnn.client').of(), 'notify', 'workspace/didChangeConfiguration', "
    )
    real.lua(notify + settings % "1" + ")")
    real.type(BEGINNING)
    explained = real.lua("require('charrnn.command').run({ fargs = { 'explain' } })")
    assert explained is None
    real.wait_until(lambda: "likely enough" in real.messages, "the reason of the silence")
    assert real.ghost == ""
    real.keys("<C-s>")
    real.see_ghost(lambda text: text.startswith("me"))
    real.lua(notify + settings % "0" + ")")


def test_a_pause_silences_and_clears(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    real.see_ghost()
    real.keys("<Cmd>CharRNN pause<CR>")
    real.see_ghost("")
    real.wait_until(lambda: real.lua("return require('charrnn').status()") == "charrnn paused", "the status")
    real.type("m")
    real.keys("<BS>")
    assert real.ghost == ""
    real.keys("<Cmd>CharRNN resume<CR>")
    real.wait_until(lambda: real.lua("return require('charrnn').status()") == "charrnn", "the status")
    real.type("m")
    real.see_ghost(lambda text: text.startswith("e"))


def test_leaving_insert_mode_removes_what_is_shown(real: Editor) -> None:
    real.write("note.md")
    real.type(BEGINNING)
    real.see_ghost()
    real.keys("<Esc>")
    real.see_ghost("")
    real.keys("A")
    real.see_ghost(lambda text: text.startswith("me"))


def test_text_after_the_cursor_stays_after_it(real: Editor) -> None:
    real.write("note.md", BEGINNING + " that he came.\n")
    real.keys("<Esc>05ea")
    real.keys("<C-s>")
    ghost = real.see_ghost()
    assert BEGINNING + ghost + " that he came." in real.screen
    real.keys("<Tab>")
    real.wait_until(lambda: real.line == BEGINNING + ghost + " that he came.", "the suggestion between")
