"""Several projects on one page: which one is seen stands in the address, and one leads to the other."""

import re

import pytest
from looking import live
from playwright.sync_api import expect
from running import PROFILES, Running, Serve
from test_accessible_views import violations
from visits import Visit

SHOP = "[default]\nport = 1\n[production]\nport = 2\n"


@pytest.fixture(scope="module")
def workspace(serving: Serve) -> Running:
    """The service's own profiles at the root, and a project of its own below."""
    options = f'{PROFILES["assay.toml"]}projects = ["services/*"]\n'
    return serving({"assay.toml": options, "services/shop/assay.toml": "", "services/shop/settings.toml": SHOP})


def test_one_project_leads_to_the_other_by_keyboard(workspace: Running, visit: Visit) -> None:
    page = live(visit(workspace).open("/?view=matrix"))
    page.locator("#projects summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#projects")).to_have_attribute("open", "")
    assert violations(page) == []
    page.get_by_role("link", name="shop", exact=True).click()
    expect(page).to_have_url(re.compile(r"project=shop&view=matrix"))
    expect(page.locator("#main")).to_contain_text("1 of 1 key")
    page.get_by_role("link", name="Findings", exact=True).click()
    expect(page).to_have_url(re.compile(r"project=shop&view=findings"))
    expect(page).to_have_title(re.compile("^Findings · shop · "))


def test_the_shown_project_is_followed_and_no_other(workspace: Running, visit: Visit) -> None:
    page = live(visit(workspace).open("/?project=shop&view=matrix"))
    workspace.replace("settings.toml", "5432", "6432")
    workspace.replace("services/shop/settings.toml", "port = 2", "port = 20")
    expect(page.locator("#told")).to_contain_text("20")
    expect(page.locator("#told")).not_to_contain_text("6432")


def test_the_filter_stays_with_the_project(workspace: Running, visit: Visit) -> None:
    page = visit(workspace).open("/?project=shop&view=matrix", java_script_enabled=False)
    page.get_by_role("searchbox").fill("port")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"project=shop.*filter=port"))
    expect(page.locator("tr[data-key='port'], tr[data-k='port']")).to_be_visible()
