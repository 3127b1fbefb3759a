"""The files of the page: served as they are, kept where that is safe, and no others."""

import re
from importlib.resources import files
from typing import Any

import pytest


async def test_every_file_is_served_with_its_type_and_a_tag(own: Any, ask: Any) -> None:
    types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
    async with ask(own().root) as client:
        for entry in (files("app.web") / "static").iterdir():
            answer = await client.get(f"/static/{entry.name}")
            assert answer.status_code == 200, entry.name
            assert answer.headers["content-type"] == types[entry.name.rpartition(".")[2]]
            assert answer.content == entry.read_bytes()
            again = await client.get(f"/static/{entry.name}", headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


async def test_an_address_of_the_page_can_be_kept_for_ever_and_others_are_asked_again(own: Any, ask: Any) -> None:
    async with ask(own().root) as client:
        page = (await client.get("/")).text
        (address,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
        lasting = await client.get(address)
        bare = await client.get(address.partition("?")[0])
        old = await client.get(address.partition("?")[0] + "?v=0123456789ab")
    assert lasting.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert bare.headers["cache-control"] == old.headers["cache-control"] == "public, no-cache"


async def test_everything_that_the_page_names_is_there(own: Any, ask: Any) -> None:
    async with ask(own().root) as client:
        page = (await client.get("/")).text
        named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        styles = (await client.get("/static/page.css")).text
        named |= {f"/static/{name}" for name in re.findall(r'url\("([^"]+)"\)', styles)}
        answers = {address: (await client.get(address)).status_code for address in named}
    assert len(named) >= 4
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.js",
        "/static/..%2fasgi.py",
        "/static/%2e%2e/asgi.py",
        "/static/..%5casgi.py",
        "/static/page.css/",
        "/static/page.css%00",
        "/static//etc/passwd",
        "/static/",
    ],
)
async def test_nothing_else_is_served(own: Any, ask: Any, path: str) -> None:
    async with ask(own().root) as client:
        answer = await client.get(path)
    if path != "/static/page.css/":  # the router takes a slash at the end for none
        assert answer.status_code == 404
    assert b"import" not in answer.content or path == "/static/page.css/"


def test_the_style_asks_nobody_else() -> None:
    for entry in (files("app.web") / "static").iterdir():
        text = entry.read_text(encoding="utf-8")
        assert not re.findall(r"@import|url\((?!\"lock\.svg\")", text), entry.name
        assert set(re.findall(r"https?://[^\s\"')]+", text)) <= {"http://www.w3.org/2000/svg"}, entry.name
