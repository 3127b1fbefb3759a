"""A cell opens the explanation of its value, beside the view, at an address of its own."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from looking import cell, is_same_document, live
from playwright.sync_api import Page, expect
from running import Running, Serve
from visits import Visit

MATRIX = "/?view=matrix"


@pytest.fixture(scope="module")
def layered(serving: Serve) -> Running:
    return serving({"settings/production.toml": "[production.database]\nport = 6432 # the pool's\n"})


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_click_on_a_cell_explains_its_value_layer_by_layer(layered: Running, visit: Visit) -> None:
    page = live(visit(layered).open(MATRIX))
    is_same_document(page)
    cell(page, "database.port", "production").click()
    panel = page.get_by_role("complementary")
    expect(panel.locator("h2")).to_be_focused()
    layers = panel.locator(".layers tbody tr")
    expect(layers).to_have_count(3)
    expect(layers.nth(0)).to_contain_text("DatabaseSettings")
    expect(layers.nth(1)).to_contain_text("settings.toml:5:1")
    expect(layers.nth(2)).to_contain_text("settings/production.toml:2:1")
    expect(layers.nth(2)).to_contain_text("port = 6432 # the pool's")
    expect(layers.nth(2)).to_have_class("winner")
    expect(panel.locator(".shadowed")).to_have_count(2)
    assert asked(page) == {"view": ["matrix"], "key": ["database.port"], "environment": ["production"]}
    assert is_same_document(page)


def test_its_address_opens_it_for_anybody(layered: Running, visit: Visit) -> None:
    visits = visit(layered)
    page = live(visits.open(MATRIX))
    cell(page, "database.port", "production").click()
    expect(page.locator("#panel .winner")).to_contain_text("6432")
    other = visits.open(page.url)
    expect(other.locator("#panel .winner")).to_contain_text("settings/production.toml:2:1")


def test_the_row_whose_value_is_explained_is_marked_and_in_sight(layered: Running, visit: Visit) -> None:
    visits = visit(layered)
    page = visits.open(f"{MATRIX}&key=server.port&environment=production")
    row = page.locator("#main tr[data-k='server.port']")
    expect(row).to_have_attribute("aria-current", "true")
    expect(row).to_be_in_viewport()
    live(page)
    cell(page, "database.port", "production").click()
    expect(page.locator("#main tr[aria-current]")).to_have_count(1)
    expect(page.locator("#main tr[data-k='database.port']")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#main tr[aria-current]")).to_have_count(0)


def test_a_step_back_closes_it_and_one_forward_opens_it(layered: Running, visit: Visit) -> None:
    page = live(visit(layered).open(MATRIX))
    cell(page, "database.port", "production").click()
    expect(page.locator("#panel")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#panel .winner")).to_contain_text("6432")


@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_closed_it_gives_the_focus_back(layered: Running, visit: Visit, way: str) -> None:
    page = live(visit(layered).open(f"{MATRIX}&filter=database.p"))
    cell(page, "database.port", "staging").click()
    expect(page.locator("#panel h2")).to_be_focused()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("link", name=re.compile("Close")).click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(cell(page, "database.port", "staging")).to_be_focused()
    assert asked(page) == {"view": ["matrix"], "filter": ["database.p"]}


def test_the_head_of_a_row_explains_the_key_where_it_is_active(layered: Running, visit: Visit) -> None:
    page = live(visit(layered).open(MATRIX))
    page.get_by_role("link", name="database.port", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("development")
    page.locator("#panel .everywhere").get_by_role("link", name="production").click()
    expect(page.locator("#panel .winner")).to_contain_text("6432")
    assert asked(page)["environment"] == ["production"]


def test_a_narrowed_view_is_narrowed_again_when_it_closes(layered: Running, visit: Visit) -> None:
    page = live(visit(layered).open(f"{MATRIX}&environment=production"))
    page.locator("tr[data-k='database.port'] td").click()
    expect(page.locator("#panel .winner")).to_contain_text("6432")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert asked(page) == {"view": ["matrix"], "environment": ["production"]}


def test_a_finding_leads_to_the_explanation_of_its_key(layered: Running, visit: Visit) -> None:
    page = live(visit(layered).open("/?view=findings"))
    is_same_document(page)
    page.locator("li.finding a.key").first.click()
    expect(page.locator("#panel h2")).to_be_focused()
    assert is_same_document(page)


def test_a_key_that_is_not_there_is_told_with_the_nearest(layered: Running, visit: Visit) -> None:
    visits = visit(layered)
    visits.expect("status of 404")
    page = visits.open(f"{MATRIX}&key=database.prot&environment=production")
    expect(page.locator("#panel")).to_contain_text("database.port")
