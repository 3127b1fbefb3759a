"""On a phone, fourteen environments leave room for what is asked about one of them."""

import json

import pytest
from looking import live
from playwright.sync_api import Page, expect
from projects import OWN
from running import Running, Serve
from test_accessible_views import violations
from visits import PHONE, Visit

REGIONS = ("africa", "asia", "baltic", "iberia", "japan", "nordic", "oceania", "pacific", "quebec", "zurich")
ENVIRONMENTS = ["development", "testing", "staging", "production", *(f"region-{name}" for name in REGIONS)]
FILES = {f"settings/region-{name}.toml": f"['region-{name}'.database]\nport = 6432\n" for name in REGIONS} | {
    "assay.toml": OWN.replace('["development", "testing", "staging", "production"]', json.dumps(ENVIRONMENTS))
}
LAST = f"region-{REGIONS[-1]}"
ROW = "nav.choice ul"
HEIGHT = "(one) => one.getBoundingClientRect().height"


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    return serving(FILES)


def row_scrolled(page: Page) -> float:
    return float(page.locator(ROW).evaluate("(row) => row.scrollLeft"))


@pytest.mark.parametrize("view", ["findings", "history", "instances", "plan", "releases"])
def test_environments_to_choose_from_are_one_row_that_shows_the_chosen_one(
    project: Running, visit: Visit, view: str
) -> None:
    page = live(visit(project).open(f"/?view={view}&environment={LAST}", size=PHONE))
    chosen = page.locator(f"{ROW} [aria-current]")
    expect(chosen).to_have_text(LAST)
    expect(chosen).to_be_in_viewport(ratio=0.99)
    row, one = (page.locator(which).evaluate(HEIGHT) for which in (ROW, f"{ROW} [aria-current]"))
    assert row < 2 * one
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_row_stays_where_it_is_when_files_change(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"/?view=findings&environment={LAST}", size=PHONE))
    before = row_scrolled(page)
    assert before > 0
    path = project.root / "settings.toml"
    path.write_text(path.read_text() + "\n# as ever\n")
    expect(page.locator("#told")).to_have_text("The profiles were read again; no shown value changed.")
    assert row_scrolled(page) == before


def test_two_environments_stand_side_by_side(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"/?view=compare&left=development&right={LAST}", size=PHONE))
    expect(page.get_by_role("columnheader", name="Key").first).to_be_visible()
    assert page.locator(".differences th").first.evaluate("(one) => getComputedStyle(one).fontSize") != "0px"
    wide = page.locator(".scroll").evaluate_all(
        "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    )
    assert wide == 0


@pytest.mark.parametrize("width", [360, 390, 768])
def test_every_view_is_one_touch_away(project: Running, visit: Visit, width: int) -> None:
    page = live(visit(project).open("/?view=history", size=(width, 800)))
    links = page.get_by_role("navigation", name="Views").get_by_role("link")
    expect(links).to_have_count(9)
    for link in links.all():
        expect(link).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [360, 390, 600])
def test_two_whole_environments_stand_beside_the_keys(project: Running, visit: Visit, width: int) -> None:
    page = live(visit(project).open("/?view=matrix", size=(width, 800)))
    heads = page.locator(".ruler thead th")
    for number in (1, 2):
        expect(heads.nth(number)).to_have_attribute("data-production", "")
        expect(heads.nth(number)).to_be_in_viewport(ratio=1)
    right = "(one) => one.getBoundingClientRect().right"
    grid = page.locator(".grid").evaluate(
        "(one) => one.getBoundingClientRect().left + one.clientLeft + one.clientWidth"
    )
    assert heads.nth(2).evaluate(right) <= grid + 0.5
    assert page.locator("tr[data-k='database.port'] td").nth(1).evaluate(right) <= grid + 0.5
    assert page.locator(".grid").evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_scrolls_the_matrix_keeps_the_keys_in_sight(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/?view=matrix", size=PHONE))
    page.locator(".grid").evaluate("(one) => { one.scrollLeft = one.scrollWidth; }")
    expect(page.locator(".ruler thead th").last).to_be_in_viewport(ratio=1)
    expect(page.locator("tr[data-k] th").first).to_be_in_viewport(ratio=1)


def test_releases_are_read_without_scrolling_sideways(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/?view=releases&environment=development", size=PHONE))
    for number, port in enumerate((8001, 8002), start=1):
        project.write({"settings/development.toml": f"[development.server]\nport = {port}\n"})
        expect(page.locator("tr[data-key='server.port']")).to_contain_text(str(port))
        page.get_by_label("What for").fill(f"the port of number {number}")
        page.get_by_role("button", name="Release development").click()
        expect(page.locator("#releases tbody tr")).to_have_count(number)
    expect(page.get_by_role("link", name="compare release")).to_be_in_viewport()
    wide = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.locator(".scroll").evaluate_all(wide) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_the_time_of_an_entry_stands_on_one_line(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/?view=history", size=(360, 640)))
    expect(page.locator("#timeline li.snapshot").first).to_be_visible()
    assert set(
        page.locator("#timeline time").evaluate_all("(all) => all.map((one) => one.getClientRects().length)")
    ) == {1}
