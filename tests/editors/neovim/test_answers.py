"""What becomes of answers that are late, wrong, long or many: a server in the editor's process gives them as told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.editors.neovim.conftest import FAKE, INIT, Start
from tests.editors.neovim.nvim import Editor

pytestmark = pytest.mark.e2e


def say(editor: Editor, *texts: str) -> None:
    """Have the server answer this from now on."""
    editor.lua("_G.texts = ...", list(texts))


def hold(editor: Editor) -> None:
    """Have it answer no more by itself, once it has answered all that was asked."""
    editor.lua("vim.wait(20)")
    editor.lua("_G.held, _G.cancelled = {}, {}")


def held(editor: Editor) -> int:
    """How many answers it holds."""
    return int(editor.lua("return #held"))


def answer(editor: Editor, number: int) -> None:
    """Have it give the answer to the request of that number since it was told to hold."""
    editor.lua("held[...]()", number)


def requests(editor: Editor) -> list[dict[str, Any]]:
    """The parameters of the requests for suggestions, in order."""
    return list(editor.lua("return vim.tbl_map(function(request) return request.params end, requests)"))


def test_keys_that_come_with_the_accepting_one_are_not_left_behind(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar stands here")
    fake.type("foo")
    fake.see_ghost("bar stands here")
    fake.keys("ba<Tab>")
    fake.wait_until(lambda: fake.line == "foobar stands here", "the whole, once")


def test_keys_that_contradict_are_kept_and_nothing_is_inserted(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar stands here")
    fake.type("foo")
    fake.see_ghost("bar stands here")
    say(fake)
    fake.keys("bx<Tab>!")
    fake.wait_until(lambda: fake.line.endswith("!"), "the keys")
    assert fake.line.startswith("foobx")
    assert "bar" not in fake.line
    assert fake.ghost == ""


def test_accepting_before_any_newer_answer_is_safe(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    hold(fake)
    fake.type("b")
    assert fake.ghost == "ar"
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.line == "foobar", "the whole, once")


def test_the_mapping_of_neovims_own_manual_is_safe_as_well(start: Start, version: str) -> None:
    if version == "0.10":
        pytest.skip("Neovim 0.10 has no vim.lsp.inline_completion")
    fake = start(FAKE + "\nvim.keymap.set('i', '<C-j>', vim.lsp.inline_completion.get)")
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    hold(fake)
    fake.type("b")
    fake.keys("<C-j>")
    fake.wait_until(lambda: fake.line == "foobar", "the whole, once")


def test_a_superseded_request_is_cancelled_and_its_answer_is_not_shown(fake: Editor) -> None:
    fake.write("note.md")
    say(fake)
    fake.type("f")
    hold(fake)
    say(fake, "irst answer")
    fake.type("o")
    say(fake, " second")
    fake.type("o")
    fake.wait_until(lambda: held(fake) == 2, "both requests")
    assert len(fake.lua("return cancelled")) == 1
    answer(fake, 2)
    fake.see_ghost(" second")
    answer(fake, 1)
    fake.lua("vim.wait(50)")
    assert fake.ghost == " second"


def test_leaving_insert_mode_cancels(fake: Editor) -> None:
    fake.write("note.md")
    hold(fake)
    say(fake, " late")
    fake.type("f")
    fake.wait_until(lambda: held(fake) == 1, "the request")
    fake.keys("<Esc>")
    fake.wait_until(lambda: fake.lua("return #cancelled") == 1, "its cancelling")
    answer(fake, 1)
    fake.lua("vim.wait(50)")
    assert fake.ghost == ""


def test_an_empty_answer_clears_and_null_does_not(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    fake.lua("_G.texts = nil")
    fake.type("b")
    fake.lua("vim.wait(50)")
    assert fake.ghost == "ar"
    say(fake)
    fake.type("a")
    fake.see_ghost("")


def test_the_server_is_asked_at_once_and_once_a_key(fake: Editor) -> None:
    fake.write("note.md")
    fake.wait_until(lambda: len(requests(fake)) == 1, "the first request")
    fake.type("foo")
    fake.wait_until(lambda: len(requests(fake)) == 4, "a request a key")
    fake.lua("vim.wait(300)")
    assert len(requests(fake)) == 4, "also when Neovim's own module would ask"


def test_several_lines_are_shown_and_taken_line_by_line(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, " sir,\n\nI write to you\nonce more")
    fake.type("Dear")
    fake.see_ghost(" sir,\n\nI write to you\nonce more")
    screen = [line.rstrip() for line in fake.screen.split("\n")]
    assert screen[:4] == ["Dear sir,", "", "I write to you", "once more"]
    hold(fake)
    fake.keys("<C-l>")
    fake.see_ghost("\n\nI write to you\nonce more")
    assert fake.lines == ["Dear sir,"]
    fake.keys("<C-l>")
    fake.wait_until(lambda: fake.lines == ["Dear sir,", "", "I write to you"], "the second line of text")
    fake.see_ghost("\nonce more")
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.lines == ["Dear sir,", "", "I write to you", "once more"], "all")
    assert tuple(fake.nvim.current.window.cursor) == (4, 9)
    fake.keys("<Esc>uuu")
    fake.wait_until(lambda: fake.lines == ["Dear"], "what was typed")


def test_a_line_break_is_typed_through(fake: Editor) -> None:
    fake.write("note.txt")
    say(fake, "r sir,\nI write")
    fake.type("Dea")
    fake.see_ghost("r sir,\nI write")
    hold(fake)
    fake.type("r sir,\nI")
    fake.see_ghost(" write")


def test_words_are_taken_one_after_the_other(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar stands, here")
    fake.type("foo")
    fake.see_ghost("bar stands, here")
    hold(fake)
    fake.keys("<C-Right><C-Right>")
    fake.wait_until(lambda: fake.line == "foobar stands,", "two words")
    assert fake.ghost == " here"


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 8 + 3), ("utf-16", 4 + 3), ("utf-32", 3 + 3)])
def test_places_are_counted_as_negotiated(start: Start, encoding: str, column: int) -> None:
    fake = start(f"_G.encoding = '{encoding}'\n" + FAKE)
    fake.write("note.md", "漢🎉 \n")  # 3 + 4 + 1 bytes, 1 + 2 + 1 units of UTF-16, 3 characters
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    assert requests(fake)[-1]["position"] == {"line": 0, "character": column}
    assert "foobar" in fake.screen
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.line == "漢🎉 foobar", "the text at the cursor")


def test_text_after_the_cursor_is_pushed_and_kept(fake: Editor) -> None:
    fake.write("note.md", "foo stays 漢\n")
    say(fake, "bar")
    fake.keys("<Esc>0ea")
    fake.see_ghost("bar")
    assert "foobar stays" in fake.screen
    hold(fake)
    fake.type("b")
    assert "foobar stays" in fake.screen
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.line == "foobar stays 漢", "the text between")


def test_text_that_changes_after_the_cursor_ends_the_suggestion(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "(bar)")
    fake.type("foo")
    fake.see_ghost("(bar)")
    hold(fake)
    fake.nvim.command("inoremap <buffer> ( ()<Left>")
    fake.type("(")
    fake.see_ghost("")


def test_moving_away_ends_the_suggestion(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    hold(fake)
    fake.keys("<Left>")
    fake.see_ghost("")


def test_alternatives_that_came_with_an_answer_are_cycled_without_asking(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar", "bare", "d")
    fake.type("foo")
    fake.see_ghost("bar")
    asked = len(requests(fake))
    for expected in ("bare (2/3)", "d (3/3)", "bar (1/3)", "bare (2/3)"):
        fake.keys("<M-n>")
        fake.see_ghost(expected)
    assert len(requests(fake)) == asked
    hold(fake)
    fake.type("b")
    assert fake.ghost == "are"
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.line == "foobare", "the chosen one")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["bar", "baz"], "baz (2/2)"),
        (["baz", "bar", "d"], "d (3/3)"),
        (["baz", "d"], "baz (2/3)"),
        (["bar"], "bar"),
        ([], "bar (1/1)"),
    ],
)
def test_alternatives_that_are_asked_for_follow_on_what_is_shown(fake: Editor, more: list[str], expected: str) -> None:
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    before = len(requests(fake))
    say(fake, *more)
    fake.keys("<M-n>")
    fake.wait_until(lambda: len(requests(fake)) == before + 1, "the request")
    assert requests(fake)[-1]["context"]["triggerKind"] == 1
    fake.see_ghost(expected.removesuffix(" (1/1)"))


def test_typing_on_after_cycling_and_dismissing(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar", "bare")
    fake.type("foo")
    fake.see_ghost("bar")
    fake.keys("<M-n>")
    fake.see_ghost("bare (2/2)")
    fake.keys("<C-x>")
    fake.see_ghost("")
    fake.type("!")
    fake.see_ghost("bar")
    assert "Error" not in fake.messages


def test_neovims_own_switch_is_obeyed(fake: Editor, version: str) -> None:
    if version == "0.10":
        pytest.skip("Neovim 0.10 has no vim.lsp.inline_completion")
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    fake.lua("vim.lsp.inline_completion.enable(false, { bufnr = 0 })")
    fake.type("o")
    fake.lua("vim.wait(300)")
    assert fake.ghost == ""
    fake.lua("vim.lsp.inline_completion.enable(true, { bufnr = 0 })")
    fake.type("o")
    fake.see_ghost("bar")
    assert "Error" not in fake.messages


def test_a_buffer_that_goes_away_leaves_no_error(fake: Editor) -> None:
    fake.write("note.md")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    hold(fake)
    fake.type("b")
    fake.nvim.command("bwipeout!")
    answer(fake, 1)
    fake.lua("vim.wait(300)")
    fake.open("other.md")
    assert "Error" not in fake.messages
    assert "E5108" not in fake.messages


def test_a_key_that_has_nothing_to_do_does_what_it_did(start: Start) -> None:
    mapped = "vim.keymap.set('i', '<C-Right>', 'mapped')\n"
    made = "vim.keymap.set('i', '<C-l>', function() return 'made' end, { expr = true })\n"
    codes = """vim.cmd([[inoremap <expr> <M-n> pumvisible() ? "\\<Down>" : ")\\<Left>("]])\n"""
    fake = start(mapped + made + codes + FAKE)
    fake.write("note.md")
    say(fake)
    fake.nvim.command("setlocal expandtab tabstop=4")
    fake.keys("<Tab>|<C-Right>|<C-l><M-n>")
    fake.wait_until(lambda: fake.line == "    |mapped|made()", "what the keys did before")
    say(fake, "bar")
    fake.type("!")
    fake.see_ghost("bar")
    fake.keys("<C-x>")
    fake.see_ghost("")


def test_an_entry_of_the_menu_that_is_tried_goes_first(fake: Editor) -> None:
    fake.write("note.md", "foolish\nfoolhardy\n\n")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    fake.keys("<C-n>")
    fake.wait_until(lambda: fake.lua("return vim.fn.pumvisible()") == 1, "the menu")
    fake.see_ghost("")
    fake.keys("<C-e>")
    fake.see_ghost("bar")


def test_a_suggestion_can_be_taken_over_an_open_menu(fake: Editor) -> None:
    fake.write("note.md", "foolish\nfoolhardy\n\n")
    fake.nvim.command("set completeopt=menuone,noselect")
    say(fake, "bar")
    fake.type("foo")
    fake.keys("<C-n>")
    fake.wait_until(lambda: fake.lua("return vim.fn.pumvisible()") == 1, "the menu")
    fake.see_ghost("bar")
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.line == "foobar", "the suggestion")
    fake.wait_until(lambda: fake.lua("return vim.fn.pumvisible()") == 0, "the menu to close")
    fake.type("!")
    assert fake.line == "foobar!"


def test_two_windows_on_one_buffer(fake: Editor) -> None:
    fake.write("note.md")
    fake.keys("<Esc>")
    fake.nvim.command("split")
    fake.keys("A")
    say(fake, "bar")
    fake.type("foo")
    fake.see_ghost("bar")
    fake.keys("<Tab>")
    fake.wait_until(lambda: fake.lines == ["foobar"], "the suggestion")
    assert tuple(fake.nvim.current.window.cursor) == (1, 6)


def test_a_macro_is_played_without_asking(fake: Editor) -> None:
    fake.write("note.md", "a\nb\n")
    fake.keys("<Esc>gg")
    before = len(requests(fake))
    fake.lua("vim.fn.setreg('q', 'Axy' .. vim.keycode('<Esc>') .. 'j')")
    fake.keys("2@q")
    fake.wait_until(lambda: fake.lines == ["axy", "bxy"], "the macro")
    assert len(requests(fake)) == before


def test_the_writers_own_settings_go_out_with_the_first_message(start: Start) -> None:
    settings = "{ settings = { charrnn = { length = 'word' } }, init_options = { allowModelPaths = true }"
    fake = start(INIT + FAKE.removeprefix(INIT).replace("{ cmd", settings + ", cmd", 1))
    fake.write("note.md")
    first = fake.lua("return sent[1].params.initializationOptions")
    assert first == {"length": "word", "allowModelPaths": True}
