"""Two revisions are picked, and what the change does is seen; the working tree is followed."""

import re

import pytest
from histories import commit, history
from looking import live
from playwright.sync_api import Page, expect
from running import PROFILES, Running, Serve
from visits import Visit


@pytest.fixture(scope="module")
def versioned(serving: Serve) -> Running:
    """A project in git: the second commit moved production's database."""
    running = serving()
    history(running.root, PROFILES)
    moved = PROFILES["settings/production.toml"].replace("db.example.com", "db-2.example.com")
    commit(running.root, {"settings/production.toml": moved}, "move the database")
    return running


@pytest.fixture
def page(versioned: Running, visit: Visit) -> Page:
    page = visit(versioned).open("/")
    page.get_by_role("link", name="Plan", exact=True).click()
    return live(page)


def test_two_revisions_are_compared_at_an_address_of_their_own(page: Page, versioned: Running, visit: Visit) -> None:
    page.get_by_label("From").fill("main~1")
    page.get_by_label("to", exact=True).fill("main")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("base=main(~|%7E)1.*head=main"))
    row = page.locator("tr[data-key='database.host']")
    expect(row).to_contain_text("db-2.example.com")
    expect(row).to_contain_text("move the database")
    other = visit(versioned).open(page.url, java_script_enabled=False)
    expect(other.locator("tr[data-key='database.host']")).to_contain_text("production")


def test_a_change_leads_to_the_explanation_of_its_key(page: Page) -> None:
    page.goto("/?view=plan&base=main~1&head=main")
    live(page)
    page.locator("tr[data-key='database.host'] a").click()
    expect(page.locator("#panel .winner")).to_contain_text("db-2.example.com")
    expect(page.locator("tr[data-key='database.host']")).to_be_visible()


def test_the_working_tree_is_followed_and_what_is_typed_stays(page: Page, versioned: Running) -> None:
    page.get_by_label("From").fill("main~")
    versioned.replace("settings.toml", "5432", "6432")
    expect(page.locator("tr[data-key='database.port']")).to_contain_text("6432")
    expect(page.get_by_label("From")).to_have_value("main~")
    versioned.replace("settings.toml", "6432", "5432")
    expect(page.locator("tr[data-key='database.port']")).to_have_count(0)
