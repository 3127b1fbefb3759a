"""Matrices of many rows: what is in sight is drawn first, the rest is there all the same."""

import pytest
from looking import live
from playwright.sync_api import Page
from running import Running, Serve
from visits import Visit

KINDS = ("host", "port", "note", "user", "zone")
SECTIONS, KEYS = 12, 50
TYPED = """([text, what]) => {
    const field = document.querySelector("#filters [type=search]");
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const grid = document.querySelector(".grid").getBoundingClientRect();
    const tables = [...document.querySelectorAll(".chunk:not([hidden])")];
    const inSight = (box) => box.bottom > grid.top && box.top < grid.bottom;
    const waits = (table) => getComputedStyle(table).contentVisibility === "hidden";
    const told = () => ({
        waiting: tables.filter(waits).length,
        blank: tables.filter((table) => waits(table) && inSight(table.getBoundingClientRect())).length,
    });
    const frame = (then) => requestAnimationFrame(then);
    return new Promise((done) => frame(() => done(what === "first" ? told() : new Promise((later) =>
        frame(() => frame(() => later(told())))))));
}"""
"""Types a text; tells how many tables are not drawn, and how many of those in sight: at the first frame, or at rest."""

HEIGHT = "() => document.querySelector('.grid').scrollHeight"
ALL_DRAWN = """() => {
    const tables = [...document.querySelectorAll(".chunk")];
    tables.forEach((table) => (table.style.contentVisibility = "visible"));
    const height = document.querySelector(".grid").scrollHeight;
    tables.forEach((table) => (table.style.contentVisibility = ""));
    return height;
}"""
TOP_ROW = """() => {
    const edge = document.querySelector(".ruler").getBoundingClientRect().bottom;
    const tops = [...document.querySelectorAll("tr[data-k]")].filter((row) => row.checkVisibility(
        { contentVisibilityAuto: true })).map((row) => [row.dataset.k, row.getBoundingClientRect().top - edge]);
    return tops.find(([, top]) => top >= 0);
}"""


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    keys = "\n".join(f"{KINDS[number % 5]}{number} = {number}" for number in range(KEYS))
    text = "".join(f"[default.part{number:02}]\n{keys}\n" for number in range(SECTIONS))
    options = 'settings_files = ["settings.toml"]\n'
    return serving({"assay.toml": options, "settings.toml": f"{text}[production]\nx = 1\n"})


@pytest.fixture
def page(project: Running, visit: Visit) -> Page:
    return live(visit(project).open("/?view=matrix"))


@pytest.mark.parametrize("text", ["host", "host5", ""])
def test_what_is_not_drawn_is_as_high_as_it_will_be(page: Page, text: str) -> None:
    for typed in ("part03", "", "host5", text):
        assert page.evaluate(TYPED, [typed, "rest"]) == {"waiting": 0, "blank": 0}
    height = page.evaluate(HEIGHT)
    assert abs(page.evaluate(ALL_DRAWN) - height) < SECTIONS


@pytest.mark.parametrize("scrolled", [0, 150, 100_000])
def test_the_first_frame_has_what_is_in_sight(page: Page, scrolled: int) -> None:
    page.evaluate(TYPED, ["host", "rest"])
    page.evaluate(f"() => document.querySelector('.grid').scrollTo(0, {scrolled})")
    first = page.evaluate(TYPED, ["", "first"])
    assert first["waiting"] > SECTIONS
    assert first["blank"] == 0


def test_whoever_has_scrolled_keeps_the_rows_in_sight(page: Page) -> None:
    page.evaluate(TYPED, ["host", "rest"])
    page.evaluate("() => document.querySelector('.grid').scrollTo(0, 700)")
    page.wait_for_function(f"() => ({TOP_ROW})()")
    key, top = page.evaluate(TOP_ROW)
    page.evaluate(TYPED, ["", "rest"])
    row = page.locator(f"tr[data-k='{key}']")
    moved = row.evaluate(
        "(row) => row.getBoundingClientRect().top - document.querySelector('.ruler').getBoundingClientRect().bottom"
    )
    assert abs(moved - top) < 2


def test_the_last_row_takes_the_focus_before_it_is_drawn(page: Page) -> None:
    page.evaluate(TYPED, ["part00.host0", "rest"])
    page.locator("tr[data-k='part00.host0'] a").focus()
    focused = page.evaluate(
        f"""() => {{
        ({TYPED})(["", "first"]);
        const end = new KeyboardEvent("keydown", {{ key: "End", ctrlKey: true, bubbles: true }});
        document.activeElement.dispatchEvent(end);
        return document.activeElement.closest("tr")?.dataset.k;
    }}"""
    )
    assert focused == f"part{SECTIONS - 1}.zone9"


@pytest.mark.parametrize("text", ["host", "host5"])
def test_a_filter_of_the_address_makes_the_same_heights(project: Running, visit: Visit, text: str) -> None:
    page = live(visit(project).open(f"/?view=matrix&filter={text}"))
    height = page.evaluate(HEIGHT)
    assert abs(page.evaluate(ALL_DRAWN) - height) < SECTIONS
