"""Signing in with a token, and out; by keyboard alone as well."""

from urllib.parse import parse_qs, urlsplit

import pytest
from looking import cell, live
from playwright.sync_api import Page, expect
from running import OPERATOR, VIEWER, Running, Serve, digest
from visits import Visit

TOKENS = ", ".join(
    f'{{name="{name}",role="{role}",sha256="{digest(token)}"}}'
    for name, role, token in (("ada", "operator", OPERATOR), ("bob", "viewer", VIEWER))
)


@pytest.fixture(scope="module")
def guarded(serving: Serve) -> Running:
    return serving(ASSAY_AUTH__TOKENS=f"[{TOKENS}]")


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def test_the_unknown_see_nothing_but_where_to_sign_in(guarded: Running, visit: Visit) -> None:
    page = visit(guarded).open("/?view=matrix&key=database.port&environment=production")
    expect(page.get_by_label("Token")).to_be_focused()
    assert "database" not in page.locator("main").inner_text()
    assert "5432" not in page.content()


def test_a_token_opens_the_view_that_was_asked_for(guarded: Running, visit: Visit) -> None:
    page = visit(guarded).open("/?view=matrix&key=database.port&environment=production")
    sign_in(page, OPERATOR)
    expect(page.locator("#panel")).to_contain_text("database.port")
    assert parse_qs(urlsplit(page.url).query)["key"] == ["database.port"]
    live(page)


def test_a_wrong_token_is_told_on_the_page(guarded: Running, visit: Visit) -> None:
    visits = visit(guarded)
    page = visits.open()
    visits.expect("status of 401")
    sign_in(page, "canary-wrong-1")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Token")).to_have_value("")
    sign_in(page, VIEWER)
    live(page)


def test_the_session_cannot_be_read_by_scripts(guarded: Running, visit: Visit) -> None:
    page = visit(guarded).open()
    sign_in(page, OPERATOR)
    live(page)
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


@pytest.mark.parametrize("javascript", [True, False])
def test_whoever_signs_out_is_unknown_again(guarded: Running, visit: Visit, javascript: bool) -> None:  # noqa: FBT001 - a parameter of the test
    page = visit(guarded).open(java_script_enabled=javascript)
    sign_in(page, OPERATOR)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    assert page.context.cookies() == []
    page.goto("/?view=matrix")
    expect(page.get_by_label("Token")).to_be_visible()


def test_a_page_that_is_being_left_asks_for_nothing_more(guarded: Running, visit: Visit) -> None:
    """However long the service takes to answer: the session has ended by then, and whoever asks is unknown."""
    page = visit(guarded).open()
    sign_in(page, OPERATOR)
    live(page)
    page.locator("#leave").evaluate("form => form.addEventListener('submit', event => event.preventDefault())")
    page.get_by_role("button", name="Sign out").click()
    ask = "import('/static/ask.js').then(({ ask }) => ask('/config/matrix')).catch(({ name }) => name)"
    assert page.evaluate(ask) == "AbortError"


def test_the_keyboard_alone_leads_from_signing_in_to_an_explanation(guarded: Running, visit: Visit) -> None:
    page = visit(guarded).open()
    page.keyboard.type(VIEWER)
    page.keyboard.press("Enter")
    live(page)
    tab_to(page, "nav a[href='/?view=matrix']")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{guarded.url}/?view=matrix")
    live(page)
    page.keyboard.press("/")
    page.keyboard.type("database.port")
    tab_to(page, "tr[data-k='database.port'] a")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(cell(page, "database.port", "production")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("settings.toml:5")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(cell(page, "database.port", "production")).to_be_focused()


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until that has the focus; it is not far."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")
