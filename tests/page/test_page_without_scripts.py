"""The page without JavaScript: everything can be read, and what cannot be done is not offered."""

import pytest
from playwright.sync_api import Page, expect
from running import Running
from visits import Visit


@pytest.fixture
def plain(shown: Running, visit: Visit) -> Page:
    return visit(shown).open(java_script_enabled=False)


def test_verdicts_are_shown(plain: Page) -> None:
    expect(plain.locator(".card[data-environment=production] .verdict")).to_have_text("invalid")
    expect(plain.locator(".card[data-environment=development] .verdict")).to_have_text("valid")


def test_the_matrix_is_shown_and_filtered_by_the_service(plain: Page) -> None:
    plain.get_by_role("link", name="Matrix").click()
    expect(plain.locator("tr[data-k='database.port']")).to_be_visible()
    plain.get_by_role("searchbox").fill("db.example")
    plain.locator("#filters button").click()
    expect(plain.locator("tr[data-k='database.host']")).to_be_visible()
    expect(plain.locator("tr[data-k='database.port']")).to_be_hidden()
    expect(plain.locator("#shown")).to_contain_text("1 of ")


def test_a_row_leads_to_its_explanation_and_back(plain: Page) -> None:
    plain.goto("/?view=matrix&filter=database.port")
    plain.get_by_role("link", name="database.port").click()
    expect(plain.locator("#panel .layers")).to_contain_text("settings.toml:5:1")
    plain.locator("#panel .close").click()
    expect(plain.locator("#panel")).to_be_hidden()
    expect(plain.get_by_role("searchbox")).to_have_value("database.port")


def test_findings_are_shown_with_their_fixes(plain: Page) -> None:
    plain.get_by_role("link", name="Findings", exact=True).click()
    finding = plain.locator("li.finding[data-rule=APP001]")
    expect(finding.locator(".fix")).to_be_visible()
    expect(finding.locator(".fix .copy")).to_be_hidden()


def test_the_database_is_shown_and_no_test_is_offered(plain: Page) -> None:
    plain.get_by_role("link", name="Database", exact=True).click()
    expect(plain.locator("section.status")).to_contain_text("connected")
    expect(plain.locator("#probe")).to_be_hidden()
    expect(plain.locator("noscript code")).to_be_visible()


def test_the_history_is_shown(plain: Page) -> None:
    plain.get_by_role("link", name="History").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("History")
