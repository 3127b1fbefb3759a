"""On a phone, fourteen environments leave room for what is asked about one of them."""

import json

import pytest
from looking import live
from playwright.sync_api import Page, expect
from projects import OWN
from running import Running, Serve
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
