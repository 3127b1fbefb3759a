"""docs/rest.md shows what the service really answers."""

import json
import re
from pathlib import Path
from typing import Any

from docs import examples

PAGE = Path(__file__).parent.parent.parent / "docs" / "rest.md"
SHOWN = re.compile(
    r'^\$ curl (?P<options>[^\n]*)"\$ASSAY(?P<path>\S+)"\n```\n```json\n(?P<answer>.*?)\n```$', re.MULTILINE | re.DOTALL
)
BODY = re.compile(r"-d '(.*)'")
NAMED = re.compile(r"`(GET|POST|DELETE) (/[a-z/]*)")


REMEMBERED = {
    "/config/history?limit=2": "history",
    "/config/history/74afb5af/diff/7c3a91e5": "snapshot_difference",
    "/config/history/key/app.debug?environment=production": "key_history",
}
"""What bears times and ids, which are others in every run: shown as the examples of the description have it."""


def shown() -> list[re.Match[str]]:
    return list(SHOWN.finditer(PAGE.read_text()))


def test_what_was_recorded_is_shown_as_the_examples_have_it() -> None:
    found = {one["path"]: json.loads(one["answer"]) for one in shown() if one["path"] in REMEMBERED}
    assert found == {path: examples.written(name) for path, name in REMEMBERED.items()}


async def test_every_other_request_of_the_page_gets_the_answer_that_it_shows(tmp_path: Path, ask: Any) -> None:
    root = tmp_path / "orders"
    for name, content in examples.PROJECT.items():
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text(content)
    replayed = [one for one in shown() if one["path"] not in REMEMBERED]
    assert len(replayed) >= 7
    async with ask(root) as client:
        for one in replayed:
            body = BODY.search(one["options"])
            method = "POST" if body else "GET"
            answer = await client.request(method, one["path"], content=body[1].encode() if body else None)
            assert answer.json() == json.loads(one["answer"]), one["path"]


async def test_every_request_that_is_named_exists(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        paths = (await client.get("/schema")).json()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods} | {("GET", "/schema")}
    pages = [PAGE, PAGE.with_name("operating.md")]
    named = {(method, path) for page in pages for method, path in NAMED.findall(page.read_text())}
    assert len(named) >= 10
    assert named - served == set()
