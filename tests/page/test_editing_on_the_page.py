"""A value is changed on the page: what the edit does is seen in every environment before a byte is written."""

import httpx
import pytest
from looking import live
from patience import eventually
from playwright.sync_api import Locator, Page, expect
from running import OPERATOR, PROFILES, VIEWER, Running, Serve, digest
from test_accessible_views import violations
from visits import PHONE, Visit

PORT = "/?view=matrix&key=database.port&environment=production"
COMMENTED = "[production.database]\nport = 6432 # the pool's\n"
FILES = {"settings/production.toml": COMMENTED, ".secrets.toml": "", ".gitignore": ".secrets.toml\n"}
NOTE_WHAT_IS_TOLD = """\
    window.said = [];
    const told = document.getElementById("told");
    const seen = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => said.push(told.textContent)).observe(told, seen);
"""
"""What is told of the edit is soon followed by what is told of the change."""

SECRET = "canary-typed-p4ssw0rd-of-some-length"


@pytest.fixture(scope="module")
def edited(serving: Serve) -> Running:
    return serving(FILES, ASSAY_DIAGNOSTICS__EDITING="true")


@pytest.fixture(scope="module")
def beginning(edited: Running) -> object:
    return listing(edited)


@pytest.fixture
def project(edited: Running, beginning: object) -> Running:
    """The service, once it has read its files as they were at the beginning."""
    edited.write({**PROFILES, **FILES})
    (edited.root / "settings/testing.toml").unlink(missing_ok=True)
    assert eventually(lambda: listing(edited) == beginning)
    return edited


def listing(running: Running) -> object:
    return httpx.get(f"{running.url}/config/environments").json()


def text(running: Running, name: str = "settings/production.toml") -> str:
    return (running.root / name).read_text()


def value(page: Page) -> Locator:
    return page.get_by_label("New value")


def effect(page: Page) -> Locator:
    return page.locator("#effect")


def open_form(page: Page, shown: str) -> Page:
    """The page with the form, once it shows this value."""
    live(page)
    expect(value(page)).to_have_value(shown)
    return page


def test_the_effect_is_shown_then_written_and_comments_stay(project: Running, visit: Visit) -> None:
    page = open_form(visit(project).open(PORT), "6432")
    value(page).fill("7432")
    page.get_by_role("button", name="Show what it changes").click()
    expect(effect(page)).to_be_focused()
    expect(effect(page)).to_contain_text("settings/production.toml [production]")
    expect(effect(page).locator("tbody tr")).to_have_text(["productiondatabase.port64327432"])
    assert text(project) == COMMENTED
    page.evaluate(NOTE_WHAT_IS_TOLD)
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("7432")
    assert "Written to settings/production.toml [production]." in page.evaluate("said")
    assert text(project) == COMMENTED.replace("6432", "7432")


def test_the_history_says_who_edited_and_which_key(project: Running, visit: Visit) -> None:
    visits = visit(project)
    page = open_form(visits.open(PORT), "6432")
    value(page).fill("7777")
    page.get_by_role("button", name="Show what it changes").click()
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("7777")
    page = live(visits.open("/?view=history&environment=production"))
    row = page.locator("#timeline li.snapshot").filter(has_text="by operator").first
    expect(row).to_contain_text("1 value changed: database.port")


def test_by_keyboard_alone(project: Running, visit: Visit) -> None:
    page = open_form(visit(project).open(PORT), "6432")
    value(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7433")
    page.keyboard.press("Enter")
    expect(effect(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Write it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .winner")).to_contain_text("7433")


def test_an_edit_for_all_shows_every_environment_that_it_changes(project: Running, visit: Visit) -> None:
    page = open_form(visit(project).open("/?view=matrix&key=app.name&environment=staging"), "orders")
    value(page).fill("shop")
    page.get_by_label("For").select_option("default")
    page.get_by_role("button", name="Show what it changes").click()
    rows = effect(page).locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(effect(page)).to_contain_text("settings.toml [default]")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("shop")
    assert 'name = "shop"' in text(project, "settings.toml")


def test_a_key_that_is_missing_here_can_be_set(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 404")
    page = open_form(visits.open("/?view=matrix&key=database.host&environment=testing"), "")
    value(page).fill("db.testing.example.com")
    page.get_by_role("button", name="Show what it changes").click()
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("db.testing.example.com")


def test_what_was_changed_meanwhile_is_told_with_the_newest_value(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 412")
    page = open_form(visits.open(PORT), "6432")
    value(page).fill("7434")
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("button", name="Write it")).to_be_visible()
    project.replace("settings/production.toml", "6432", "6555")
    expect(page.locator("#panel .winner")).to_contain_text("6555")
    page.get_by_role("button", name="Write it").click()
    expect(effect(page)).to_contain_text("somebody has changed the profiles meanwhile")
    expect(effect(page)).to_contain_text("database.port in production is now 6555")
    assert "6555" in text(project)
    expect(value(page)).to_have_value("7434")
    page.get_by_role("button", name="Show what it changes").click()
    expect(effect(page).locator("tbody tr")).to_contain_text("6555")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("7434")


def test_what_would_add_an_error_is_refused_with_the_finding(project: Running, visit: Visit) -> None:
    page = open_form(visit(project).open("/?view=matrix&key=app.debug&environment=production"), "false")
    value(page).fill("true")
    page.get_by_role("button", name="Show what it changes").click()
    expect(effect(page)).to_contain_text("APP001 production")
    expect(effect(page)).to_contain_text("Not to be written: It would add an error.")
    expect(page.get_by_role("button", name="Write it")).to_have_count(0)
    value(page).fill("maybe")
    expect(effect(page)).to_be_empty()
    page.get_by_role("button", name="Show what it changes").click()
    expect(effect(page)).to_contain_text("Not to be written")


def test_a_value_is_taken_out(project: Running, visit: Visit) -> None:
    page = open_form(visit(project).open(PORT), "6432")
    page.get_by_role("button", name="Take it out").click()
    expect(effect(page).locator("tbody tr")).to_have_text(["productiondatabase.port64325432"])
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .winner")).to_contain_text("5432")


def test_a_secret_is_typed_unseen_and_shown_nowhere(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 404")
    page = live(visits.open("/?view=matrix&key=database.password&environment=production"))
    expect(value(page)).to_have_attribute("type", "password")
    value(page).fill(SECRET)
    page.get_by_role("button", name="Show what it changes").click()
    expect(effect(page).locator("tbody tr")).to_contain_text("secret, set")
    assert SECRET not in page.content()
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("#panel .value")).to_contain_text("secret, set")
    expect(value(page)).to_have_value("")
    assert SECRET in text(project, ".secrets.toml")
    assert SECRET not in page.content()


def test_each_way_is_copied_by_one_button(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(PORT, permissions=["clipboard-read", "clipboard-write"]))
    wanted = {
        "lines": "port = 6432",
        "command": "assay set --env production database.port 6432",
        "variable": "ASSAY_DATABASE__PORT",
    }
    for name, said in wanted.items():
        page.get_by_role("button", name=f"Copy the {name} of database.port").click()
        expect(page.locator("#told")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == said


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_on_a_phone_and_keeps_nobody_out(project: Running, visit: Visit, scheme: str) -> None:
    page = open_form(visit(project).open(PORT, size=PHONE, color_scheme=scheme), "6432")
    value(page).fill("7435")
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("button", name="Write it")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_may_not_edit_is_offered_what_can_be_pasted_alone(serve: Serve, visit: Visit) -> None:
    roles = {"operator": OPERATOR, "viewer": VIEWER}
    tokens = [f'{{name = "{role}", role = "{role}", sha256 = "{digest(token)}"}}' for role, token in roles.items()]
    variables = {
        "ASSAY_AUTH__TOKENS": f"[{', '.join(tokens)}]",
        "ASSAY_APP__SECRET_KEY": "canary-key-of-sufficient-length-for-cookies",
    }
    running = serve(FILES, ASSAY_DIAGNOSTICS__EDITING="true", **variables)
    visits = visit(running)
    for token, count in ((VIEWER, 0), (OPERATOR, 1)):
        page = visits.open(PORT)
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        live(page)
        expect(page.locator(".ways").first).to_be_visible()
        expect(page.locator("#edit")).to_have_count(count)


def test_where_editing_is_off_nothing_is_offered(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(PORT))
    expect(page.locator(".ways").first).to_be_visible()
    expect(page.locator("#edit")).to_have_count(0)
