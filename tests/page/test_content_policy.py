"""What the page may run and load: its own, and nothing that stands in the page itself."""

import re
from html.parser import HTMLParser

import pytest
from looking import live
from playwright.sync_api import Page, Request
from running import Running
from visits import Visit

VIEWS = [
    "/",
    "/?view=matrix",
    "/?view=matrix&key=database.port&environment=production",
    "/?view=findings",
    "/?view=plan",
    "/?view=rule&rule=APP001",
    "/?view=database",
    "/?view=history",
    "/?view=nonsense",
]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


class Inline(HTMLParser):
    """What in a page would run or look without being a file of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            if not re.match(r"/(?!/)|#|$", given.get(name) or ""):
                self.found.append(f"{tag} {name}={given[name]}")


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_holds_a_script_or_a_style(shown: Running, visit: Visit, view: str) -> None:
    page = visit(shown).open(None)
    answer = page.request.get(view)
    inline = Inline()
    inline.feed(answer.text())
    assert inline.found == []
    stated = dict(part.split(maxsplit=1) for part in answer.headers["content-security-policy"].split("; "))
    assert stated == POLICY
    assert answer.headers["cache-control"] == "no-store"


def test_the_policy_is_in_force(shown: Running, visit: Visit) -> None:
    visits = visit(shown)
    page = live(visits.open())
    visits.expect("Content Security Policy", "status of 404")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src='/nothing.png' onerror='window.ran = true'>");
        document.body.insertAdjacentHTML("beforeend", "<p id=styled style='position: fixed'>");
    }""")
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).position") == "static"
    assert any("Content Security Policy" in fault for fault in visits.faults)


def test_everything_comes_from_the_service(shown: Running, visit: Visit) -> None:
    page = visit(shown).open(None)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - a method of a list cannot be marked
    look_around(page)
    assert len(asked) > len(VIEWS)
    assert {request.url.startswith(f"{shown.url}/") for request in asked} == {True}


def look_around(page: Page) -> None:
    for view in VIEWS[:-1]:
        page.goto(view)
        live(page)
