"""The columns of the matrix are chosen, ordered and pinned by address; two of them are compared; all is a file."""

import csv
import io
import json
import re
import tomllib

import pytest
from looking import live
from playwright.sync_api import Page, expect
from running import Running, Serve
from test_accessible_views import violations
from test_matrix_view import shown_keys
from visits import PHONE, Visit

MATRIX = "/?view=matrix"
LONG = "https://db.example.com/" + "a" * 90
SECRET = "canary-p4ss-and-long"
FILES = {
    "settings/production.toml": f'[production.database]\nhost = "{LONG}"\n[production.app]\ndebug = true\n'
    '[production.cors]\nallow_origins = ["https://a.example.com", "=HYPERLINK(1)"]\n',
    ".secrets.toml": f"[production.database]\npassword = '{SECRET}'\n",
    ".gitignore": ".secrets.toml\n",
}


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    return serving(FILES)


def heads(page: Page) -> list[str]:
    return page.locator(".ruler thead bdi").all_inner_texts()


def test_columns_are_chosen_and_ordered_and_the_address_says_so(project: Running, visit: Visit) -> None:
    visits = visit(project)
    page = live(visits.open(f"{MATRIX}&columns=production,staging&filter=database"))
    assert heads(page) == ["production", "staging"]
    page.locator("#columns summary").click()
    page.get_by_role("link", name="Later production").click()
    live(page)
    assert heads(page) == ["staging", "production"]
    expect(page.locator("#columns")).to_have_attribute("open", "")
    page.get_by_role("link", name="Show testing").click()
    live(page)
    assert heads(page) == ["staging", "production", "testing"]
    page.get_by_role("link", name="Hide staging").click()
    live(page)
    assert heads(page) == ["production", "testing"]
    assert heads(visits.open(page.url)) == ["production", "testing"]
    expect(page.get_by_role("searchbox")).to_have_value("database")
    page.get_by_role("link", name="As usual").click()
    live(page)
    assert len(heads(page)) == 4


def test_a_pinned_column_stays_beside_the_keys(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX, size=(760, 700)))
    page.locator("#columns summary").click()
    page.get_by_role("link", name="Pin production").click()
    live(page)
    assert heads(page)[0] == "production"
    assert "pinned=production" in page.url
    cell = page.locator("tr[data-k='database.host'] td").first
    before = cell.bounding_box()
    page.locator(".grid").evaluate("(grid) => grid.scrollLeft = 300")
    after = cell.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["x"] - after["x"]) < 2


def test_columns_are_chosen_by_keyboard(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    page.locator("#columns summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hide development")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ruler thead bdi")).to_have_text(["testing", "staging", "production"])


def test_a_column_that_is_none_is_told(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 404")
    page = visits.open(f"{MATRIX}&columns=prodction,staging")
    expect(page.locator("main .note").first).to_contain_text("'prodction'")
    assert heads(page) == ["staging"]


def test_on_a_phone_what_is_production_like_comes_first(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX, size=PHONE))
    assert heads(page) == ["staging", "production", "development", "testing"]
    expect(page.locator("tr[data-k='app.debug'] td").nth(1)).to_have_class(re.compile("error"))
    project.replace("settings.toml", "5432", "5433")
    expect(page.locator("#told")).to_contain_text("5433")
    assert heads(page)[:2] == ["staging", "production"]
    project.replace("settings.toml", "5433", "5432")


def test_the_explained_environment_is_in_sight(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&key=database.host&environment=production", size=PHONE))
    page.keyboard.press("Escape")
    expect(page.locator("tr[data-k='database.host'] td").first).to_be_in_viewport()


def test_words_filter_in_any_order(project: Running, visit: Visit) -> None:
    visits = visit(project)
    page = live(visits.open(MATRIX))
    page.get_by_role("searchbox").fill("example host")
    assert shown_keys(page) == ["database.host"]
    expect(page).to_have_url(re.compile(r"filter=example\+host"))
    assert shown_keys(visits.open(page.url)) == ["database.host"]


@pytest.mark.parametrize(("only", "there", "away"), [
    ("secrets", "database.password", "database.port"),
    ("missing", "database.host", "database.port"),
    ("findings", "app.debug", "app.name"),
])  # fmt: skip
def test_only_some_rows_are_shown(project: Running, visit: Visit, only: str, there: str, away: str) -> None:
    visits = visit(project)
    page = live(visits.open(MATRIX))
    page.locator("#filters select").select_option(only)
    keys = shown_keys(page)
    assert there in keys
    assert away not in keys
    expect(page).to_have_url(re.compile(f"only={only}"))
    assert shown_keys(visits.open(page.url)) == keys


def test_the_whole_value_is_shown_on_focus_and_under_the_pointer(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&filter=database.host", size=(800, 700)))
    page.locator("tr[data-k='database.host'] a").focus()
    page.keyboard.press("End")
    whole = page.locator("#whole")
    expect(whole).to_contain_text(LONG)
    expect(page.locator("tr[data-k='database.host'] td").last).to_have_attribute("aria-describedby", "whole")
    assert page.locator(".grid").evaluate("(grid) => grid.scrollLeft") > 0
    expect(whole).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(whole).to_be_hidden()
    page.get_by_role("searchbox").focus()
    page.locator("tr[data-k='database.host'] td").last.hover()
    expect(whole).to_contain_text(LONG)


def test_what_differs_from_what_most_have_is_tinted(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&filter=app.debug"))
    cells = page.locator("tr[data-k='app.debug'] td")
    tints = [cells.nth(number).evaluate("(one) => getComputedStyle(one).backgroundColor") for number in range(4)]
    assert len(set(tints)) == 2
    assert tints[1] == tints[2]
    assert tints[0] == tints[3]


def test_two_environments_are_compared_missing_first(project: Running, visit: Visit) -> None:
    visits = visit(project)
    page = live(visits.open("/?view=compare&left=production&right=staging"))
    titles = page.locator(".compared h2").all_inner_texts()
    assert titles[0].startswith("staging lacks what production has")
    assert "database.host" in page.locator(".compared").first.inner_text()
    page.locator(".lines summary").first.click()
    lines = page.locator(".lines .paste").first.inner_text()
    said = tomllib.loads(lines)["staging"]
    assert said["database"]["host"] == LONG
    assert said["cors"]["allow_origins"][0] == "https://a.example.com"
    assert "# database.password is a secret." in lines
    page.get_by_label("with").select_option("testing")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile("right=testing"))
    live(page)
    page.locator("a.key").first.click()
    expect(page.locator("#panel h2")).to_be_focused()


@pytest.mark.parametrize("size", [(1280, 800), PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "path", ["/?view=compare&left=production&right=staging", f"{MATRIX}&pinned=production#columns"]
)
def test_nobody_is_kept_out_of_them(project: Running, visit: Visit, path: str, size: tuple[int, int]) -> None:
    page = live(visit(project).open(path, size=size))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_matrix_is_a_file_without_secrets_and_formulas(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&columns=production,staging"))
    told = {}
    for kind in ("CSV", "JSON", "TOML"):
        with page.expect_download() as download:
            page.locator("#export").get_by_role("link", name=kind).click()
        told[kind] = download.value.path().read_text()
        assert download.value.suggested_filename == f"matrix.{kind.lower()}"
        assert SECRET not in told[kind]
    head, *rows = csv.reader(io.StringIO(told["CSV"]))
    cells = {row[0]: row[1:] for row in rows}
    assert head == ["key", "production", "staging"]
    assert cells["cors.allow_origins[1]"] == ["'=HYPERLINK(1)", ""]
    assert cells["database.password"] == ["secret, set", ""]
    assert json.loads(told["JSON"])["environments"] == ["production", "staging"]
    assert tomllib.loads(told["TOML"])["production"]["cors"]["allow_origins"][1] == "=HYPERLINK(1)"


def test_what_lies_far_to_the_right_is_there_when_it_is_scrolled_to(serve: Serve, visit: Visit) -> None:
    names = [f"region{number}" for number in range(14)]
    keys = "\n".join(f"key_{number} = {number}" for number in range(60))
    options = f'known_environments = {json.dumps(names)}\nsettings_files = ["settings.toml"]\n'
    service = serve({"assay.toml": options, "settings.toml": f"[default.many]\n{keys}\n"}, ENV_FOR_DYNACONF="region0")
    page = live(visit(service).open(MATRIX))
    page.locator(".grid").evaluate("(grid) => grid.scrollLeft = grid.scrollWidth")
    cell = page.locator("tr[data-k='many.key_1'] td").last
    expect(cell).to_be_in_viewport()
    page.wait_for_function("(cell) => cell.checkVisibility({ contentVisibilityAuto: true })", arg=cell.element_handle())
