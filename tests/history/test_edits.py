"""Who made which values: told when they are written, asked when they are read."""

from app.history.edits import Edits


def test_who_made_the_values_that_are_read_is_told_once() -> None:
    edits = Edits()
    edits.add("ada", {"production": "sha256:1", "staging": "sha256:2"})
    assert edits.author("production", "sha256:1") == "ada"
    assert edits.author("production", "sha256:1") is None
    assert edits.author("staging", "sha256:2") == "ada"


def test_values_that_nobody_made_here_have_no_author() -> None:
    edits = Edits()
    edits.add("ada", {"production": "sha256:1"})
    assert edits.author("production", "sha256:9") is None
    assert edits.author("production", "sha256:1") == "ada"


def test_edits_of_several_that_are_read_at_once_name_all_of_them_in_order() -> None:
    edits = Edits()
    for by, left in (("ada", "1"), ("bob", "2"), ("ada", "3"), ("eve", "4")):
        edits.add(by, {"production": left})
    assert edits.author("production", "3") == "ada, bob"
    assert edits.author("production", "4") == "eve"


def test_what_nobody_reads_fills_no_memory() -> None:
    edits = Edits()
    for number in range(1000):
        edits.add("ada", {"production": str(number)})
    assert edits.author("production", "0") is None
    assert edits.author("production", "999") == "ada"
