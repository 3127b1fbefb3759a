"""Each promise of docs/security.md names a test that exists."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "security.md").read_text()


def is_a_test(place: str) -> bool:
    file, _, name = place.partition("::")
    path = REPOSITORY / file
    return path.is_file() and (
        not name or re.search(rf"^(async )?def {name}\(", path.read_text(), re.MULTILINE) is not None
    )


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert len(named) > 50
    assert [place for place in named if not is_a_test(place)] == []


def test_every_promise_has_a_test() -> None:
    promises = PAGE.partition("## The promises")[2].partition("\n## ")[0]
    rows = [
        line for line in promises.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "|---"))
    ]
    assert rows
    assert [row for row in rows if not re.search(r"\| `tests/[^`]+` \|$", row)] == []
