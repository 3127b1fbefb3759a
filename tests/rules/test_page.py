"""Pages are taken apart as they are written."""

from app.rules.kit.page import read_page

PAGE = """\
What is wrong.

Why it matters.

Wrong: where nothing else
says so,

    # settings.toml
    [production]
    port = 1

    # settings/production.toml
    [production.table]
        deeper = 2

Comes with: SEC001, DB005.

Right:

    [production]
    port = 2

A last word.
"""


def test_a_block_loses_its_indentation_and_keeps_its_blank_lines() -> None:
    assert read_page(PAGE).wrong.text == (
        "# settings.toml\n[production]\nport = 1\n\n# settings/production.toml\n[production.table]\n    deeper = 2"
    )


def test_words_before_a_block_are_kept_in_one_line() -> None:
    page = read_page(PAGE)
    assert page.wrong.words == "where nothing else says so,"
    assert page.right.words == ""


def test_what_follows_a_block_does_not_belong_to_it() -> None:
    assert read_page(PAGE).right.text == "[production]\nport = 2"


def test_companions_are_named_by_their_ids() -> None:
    assert read_page(PAGE).companions == ("SEC001", "DB005")
    assert read_page(PAGE.replace("Comes with: SEC001, DB005.", "")).companions == ()


def test_an_example_that_is_not_there_is_empty() -> None:
    page = read_page("Only a sentence.\n")
    assert (page.wrong.text, page.wrong.words, page.right.text) == ("", "", "")
