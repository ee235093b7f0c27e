"""Grey text in VS Code: how it comes, and what each key makes of it. What was taken is looked up on disk."""

from __future__ import annotations

import pytest
from tests.editors.vscode.latency import waits
from tests.editors.vscode.window import Window, ask

START = "The men who came to look at the roof said that it wo"
LANGUAGE = '[id="status.editor.mode"]'


def test_tab_takes_all_that_is_shown(window: Window) -> None:
    path = window.open("tab.md")
    window.type(START)
    ghost = window.wait_for_ghost()
    window.picture("ghost")
    window.press("Tab")
    window.wait_for_text(path, START + ghost)


def test_undo_takes_it_back_in_one_step(window: Window) -> None:
    path = window.open("undo.md", START)
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + ghost)
    window.press("Control+z")
    window.type("!")  # as VS Code may take the text for saved if it is undone while the longer one is being saved
    window.wait_for_text(path, START + "!")


def test_a_word_at_a_time_through_a_whole_suggestion(window: Window) -> None:
    path = window.open("words.md", START)
    ghost = ask(window, lambda ghost: ghost.count(" ") >= 2)
    window.film_ghost()
    text, presses = START, 0
    while text != START + ghost:
        before = text
        window.press("Control+ArrowRight")
        text = window.until(path.read_text, lambda found, before=before: found.rstrip() not in before)
        presses += 1
        assert (START + ghost).startswith(text)
        assert " " not in text.removeprefix(before).strip()
    remainders = [shown for _, shown in window.film()]
    assert presses > 2
    assert all(ghost.endswith(shown) and shown for shown in remainders[: remainders.index("")])


def test_what_is_typed_as_shown_leaves_the_rest(window: Window) -> None:
    path = window.open("through.md", START)
    ghost = ask(window, lambda ghost: len(ghost) > 8)
    window.film_ghost()
    window.type(ghost[:6], delay=150)
    assert window.wait_for_ghost() == ghost[6:]
    assert [shown for _, shown in window.film() if not (shown and ghost.endswith(shown))] == []
    window.press("Tab")
    window.wait_for_text(path, START + ghost)


def test_escape_hides_it_and_leaves_the_text(window: Window) -> None:
    path = window.open("escape.md", START)
    ask(window)
    window.press("Escape")
    window.wait_for_none()
    window.press("Tab")
    window.until(path.read_text, lambda text: text.startswith(START) and not text[len(START) :].strip())


def test_other_suggestions_take_turns(window: Window) -> None:
    path = window.open("turns.md", "He went to the ")
    first = ask(window)
    window.press("Alt+BracketRight")
    second = window.wait_for_ghost(lambda ghost: ghost not in ("", first))
    window.press("Alt+BracketLeft")
    assert window.wait_for_ghost(lambda ghost: ghost not in ("", second)) == first
    window.press("Alt+BracketRight")
    assert window.wait_for_ghost(lambda ghost: ghost not in ("", first)) == second
    window.press("Tab")
    window.wait_for_text(path, "He went to the " + second)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("cjk.md", "漢字かな交じり文。 "),
        ("emoji.md", "🎉👩\u200d👩\u200d👧 "),
        ("combining.md", "e\u0301a\u0308 “quoted” \N{EM DASH} "),
    ],
)
def test_wide_characters_before_the_cursor_do_not_move_it(window: Window, name: str, before: str) -> None:
    path = window.open(name, before)
    window.type("It was a")
    ghost = window.wait_for_ghost()
    window.press("Tab")
    window.wait_for_text(path, before + "It was a" + ghost)


def test_it_comes_in_mid_text_without_touching_what_follows(window: Window) -> None:
    path = window.open("middle.md", f"First line.\n\n{START}\n\nLast line.\n")
    window.press("ArrowUp", "ArrowUp", "ArrowUp", "End")
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, f"First line.\n\n{START}{ghost}\n\nLast line.\n")


def test_tab_before_the_text_of_a_list_item_is_the_editors(window: Window) -> None:
    path = window.open("list.md", "- The first item\n")
    window.type("- ")
    window.wait_for_status(lambda status: "list item" in status)
    assert window.ghost() == ""
    window.press("Tab")
    window.until(path.read_text, lambda text: text.startswith("- The first item\n- ") and text.endswith("  "))
    window.press("Home", "Home", "ArrowUp", "Home", "Tab")
    window.until(path.read_text, lambda text: text.startswith("    - The first item\n"))


def test_tab_takes_within_a_list_item(window: Window) -> None:
    path = window.open("item.md", "- The first item\n")
    window.type("- The men who came to look at the ro")
    ghost = window.wait_for_ghost()
    window.press("Tab")
    window.wait_for_text(path, "- The first item\n- The men who came to look at the ro" + ghost)


def test_no_list_of_words_is_in_the_way_in_plain_text(window: Window) -> None:
    path = window.open("plain.txt", "The roof, the rooftop and the roofing.\n")
    window.type("He looked at the roo")
    ghost = window.wait_for_ghost()
    assert window.page.locator(".suggest-widget.visible").count() == 0
    window.picture("plain")
    window.press("Tab")
    window.wait_for_text(path, "The roof, the rooftop and the roofing.\nHe looked at the roo" + ghost)


def test_two_files_have_their_own(window: Window) -> None:
    one = window.open("one.md", START)
    two = window.open("two.md", "Dear Sir,\n\nI am writing to yo")
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(two, "Dear Sir,\n\nI am writing to yo" + ghost)
    window.show(one)
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(one, START + ghost)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("letter.tex", "LaTeX"),
        ("notes.rst", "reStructuredText"),
        ("essay.adoc", "AsciiDoc"),
        ("COMMIT_EDITMSG", "Git Commit Message"),
    ],
)
def test_other_kinds_of_prose(window: Window, name: str, language: str) -> None:
    path = window.open(name, START)
    window.page.locator(LANGUAGE, has_text=language).wait_for()
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + ghost)


def test_a_document_without_a_name(window: Window) -> None:
    window.command("Create: New File...")
    window.choose("Text File")
    window.page.wait_for_selector('.tab.active[data-resource-name^="Untitled"]')
    window.focus()
    window.type(START)
    ghost = window.wait_for_ghost()
    window.press("Tab")
    window.until(window.text, lambda text: text.startswith(START + ghost))


def test_the_wait_for_grey_text_is_measured(window: Window) -> None:
    """How long it is depends on what else the machine does, and is for scripts/latency.py of the extension to say."""
    window.open("soon.md", "It was a")
    found = waits(window, "nother long day")
    print(f"milliseconds from a key to grey text: {[round(wait) for wait in found]}")
    assert found
    assert all(wait > 0 for wait in found)


def test_prose_in_html(window: Window) -> None:
    """At the end, as VS Code's own HTML server does not run in this installation, and goes on saying so for a while."""
    path = window.open("page.html", "<p>" + START)
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, "<p>" + START + ghost)
