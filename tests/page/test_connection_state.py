"""The service goes away and comes back, and sessions end: the page says so."""

import re

import httpx
import pytest
from looking import cell, is_same_document, live
from patience import PATIENCE_SECONDS
from playwright.sync_api import Page, expect
from running import OPERATOR, Running, Serve, digest
from visits import Visit

AWAY = (r"ERR_CONNECTION_REFUSED", r"ERR_INCOMPLETE_CHUNKED_ENCODING", r"ERR_CONNECTION_RESET", r"ERR_EMPTY_RESPONSE")
UNKNOWN = r"status of 401"
TOKENS = f'[default.auth]\ntokens = [{{ name = "ada", role = "operator", sha256 = "{digest(OPERATOR)}" }}]\n'
KEY = {"ASSAY_APP__SECRET_KEY": "canary-key-" + "k7w2q9z4x8" * 6}


def state(page: Page, word: str) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", word)


def test_a_service_that_stops_is_told_and_one_that_comes_back_is_followed_again(serve: Serve, visit: Visit) -> None:
    service = serve()
    visits = visit(service)
    page = live(visits.open("/?view=matrix"))
    is_same_document(page)
    visits.expect(*AWAY)
    service.stop()
    state(page, "lost")
    said = r"The service does not answer; shown is what was known at \d\d:\d\d:\d\d; trying again"
    expect(page.locator("#connection")).to_have_text(re.compile(said))
    expect(cell(page, "database.port", "production")).to_have_text("5432")
    service.start()
    state(page, "live")
    service.replace("settings.toml", "5432", "6432")
    expect(cell(page, "database.port", "production")).to_have_text("6432")
    assert is_same_document(page)


def test_what_changed_while_the_service_was_away_is_shown_when_it_is_back(serve: Serve, visit: Visit) -> None:
    service = serve()
    visits = visit(service)
    page = live(visits.open("/?view=matrix"))
    visits.expect(*AWAY)
    service.stop()
    state(page, "lost")
    service.replace("settings.toml", "5432", "6432")
    service.start()
    expect(cell(page, "database.port", "production")).to_have_text("6432")
    expect(page.locator("#told")).to_contain_text("5432 → 6432")
    state(page, "live")


def test_an_explanation_that_cannot_be_had_is_told(serve: Serve, visit: Visit) -> None:
    service = serve()
    visits = visit(service)
    page = live(visits.open("/?view=matrix"))
    visits.expect(*AWAY)
    service.stop()
    cell(page, "database.port", "production").click()
    expect(page.locator("#told")).to_contain_text("cannot be explained now")


@pytest.fixture
def guarded(serve: Serve) -> Running:
    return serve({".secrets.toml": TOKENS}, **KEY)


def signed_in(page: Page) -> Page:
    page.get_by_label("Token").fill(OPERATOR)
    page.get_by_role("button", name="Sign in").click()
    return live(page)


def test_a_session_that_has_ended_is_told_with_the_way_back(guarded: Running, visit: Visit) -> None:
    visits = visit(guarded)
    page = signed_in(visits.open("/?view=matrix"))
    visits.expect(UNKNOWN)
    page.context.clear_cookies()
    guarded.replace("settings.toml", "5432", "6432")
    state(page, "ended")
    page.get_by_role("link", name="Sign in again").click()
    signed_in(page)
    assert page.url.endswith("/?view=matrix")
    expect(cell(page, "database.port", "production")).to_have_text("6432")


def test_whoever_asks_after_the_session_has_ended_is_told_too(guarded: Running, visit: Visit) -> None:
    visits = visit(guarded)
    page = signed_in(visits.open("/?view=matrix"))
    visits.expect(UNKNOWN)
    page.context.clear_cookies()
    cell(page, "database.port", "production").click()
    state(page, "ended")


def test_a_token_that_is_taken_away_ends_its_sessions(guarded: Running, visit: Visit) -> None:
    visits = visit(guarded)
    page = signed_in(visits.open("/?view=matrix"))
    visits.expect(UNKNOWN)
    guarded.replace(".secrets.toml", digest(OPERATOR), digest("another"))
    expect(page.locator("#connection")).to_have_attribute("data-state", "ended")
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()


def test_whoever_may_listen_no_more_is_told_nothing_more(guarded: Running) -> None:
    bearer = {"Authorization": f"Bearer {OPERATOR}"}
    with httpx.stream("GET", f"{guarded.url}/events", headers=bearer, timeout=PATIENCE_SECONDS) as heard:
        lines = heard.iter_lines()
        assert next(lines)
        guarded.replace(".secrets.toml", digest(OPERATOR), digest("another"))
        beats = 0
        for line in lines:
            beats += line.startswith(":")
            assert beats < 2
    assert httpx.get(f"{guarded.url}/events", headers=bearer, timeout=PATIENCE_SECONDS).status_code == 401


def test_a_session_outlives_the_service(guarded: Running, visit: Visit) -> None:
    visits = visit(guarded)
    page = signed_in(visits.open("/?view=matrix"))
    visits.expect(*AWAY)
    guarded.stop()
    state(page, "lost")
    guarded.start()
    state(page, "live")
