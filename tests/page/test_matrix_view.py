"""The matrix: filtered and folded in place, walked by keyboard, the same by its link."""

import re

import pytest
from looking import ENVIRONMENTS, cell, live
from playwright.sync_api import Page, Route, expect
from running import Running, Serve
from visits import Visit

MATRIX = "/?view=matrix"
PASSWORD = "[production.database]\npassword = 'canary-p4ss-and-long'\n"


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    return serving({".secrets.toml": PASSWORD})


LOOKS = """(cell) => {
    const words = cell.matches(".m, .s") ? cell.textContent.trim() : "";
    return [words, getComputedStyle(cell).fontWeight, getComputedStyle(cell, "::before").content].join();
}"""
"""How a cell looks to somebody who sees no colours; the text only where it is the same for all of its kind."""


def shown_keys(page: Page) -> list[str]:
    keys: list[str] = page.eval_on_selector_all(
        "tr[data-k]", "(rows) => rows.filter((row) => row.checkVisibility()).map((row) => row.dataset.k)"
    )
    return keys


def test_the_states_of_a_cell_are_told_apart_by_more_than_colour(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    own, inherited = cell(page, "database.host", "production"), cell(page, "database.port", "production")
    missing, secret = cell(page, "database.host", "staging"), cell(page, "database.password", "production")
    looks = {one.evaluate(LOOKS) for one in (own, inherited, missing, secret)}
    assert len(looks) == 4
    expect(missing).to_have_text("—")
    expect(secret).to_have_text("secret, set")
    expect(cell(page, "database.password", "staging")).to_have_text("not set")


def test_text_filters_keys_and_values_and_the_link_says_so(project: Running, visit: Visit) -> None:
    visits = visit(project)
    page = live(visits.open(MATRIX))
    all_keys = shown_keys(page)
    page.get_by_role("searchbox").fill("DB.example")
    assert shown_keys(page) == ["database.host"]
    expect(page.locator("#shown")).to_have_text(f"1 of {len(all_keys)} keys")
    expect(page).to_have_url(re.compile(r"filter=DB\.example"))
    assert shown_keys(visits.open(page.url)) == ["database.host"]
    page.get_by_role("searchbox").fill("")
    assert shown_keys(page) == all_keys
    expect(page).to_have_url(f"{project.url}{MATRIX}")


def test_where_no_key_fits_that_is_told_with_the_way_back(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&only=unread"))
    none = page.locator("#none")
    expect(page.get_by_role("combobox")).to_have_value("unread")
    expect(none).to_contain_text("No key is like that. No code is read here")
    none.get_by_role("link").click()
    expect(none).to_be_hidden()
    page.get_by_role("searchbox").fill("no key like this")
    expect(none).to_be_visible()
    page.get_by_role("searchbox").fill("database.host")
    expect(none).to_be_hidden()


def test_what_is_typed_before_the_page_is_ready_filters_all_the_same(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    late: list[Route] = []
    page.route("**/matrix.js*", lambda route: late.append(route))  # noqa: PLW0108 - a built-in bears no mark
    with page.expect_request("**/matrix.js*"):
        page.reload(wait_until="commit")
    page.get_by_role("searchbox").fill("database.host")
    late[0].continue_()
    live(page)
    assert shown_keys(page) == ["database.host"]


def test_only_differences_are_shown_on_demand(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    page.locator("#filters select").select_option("differences")
    assert {"app.debug", "database.host", "database.password"} <= set(shown_keys(page))
    assert not {"app.name", "database.pgbouncer"} & set(shown_keys(page))
    expect(page).to_have_url(re.compile("only=differences"))
    page.locator("#filters select").select_option("findings")
    assert "app.debug" in shown_keys(page)
    assert "app.name" not in shown_keys(page)


def test_the_filter_of_a_link_can_be_taken_back(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&filter=database.port&only=all"))
    assert shown_keys(page) == ["database.port"]
    page.get_by_role("searchbox").fill("")
    assert len(shown_keys(page)) > 20


def test_sections_fold(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    page.locator("section[data-section=database] summary").click()
    expect(page.locator("tr[data-k='database.port']")).to_be_hidden()
    expect(page.locator("tr[data-k='app.name']")).to_be_visible()


def test_a_slash_leads_to_the_filter(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_role("searchbox")).to_have_value("a/b")


def test_the_keys_walk_over_what_is_shown(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(f"{MATRIX}&filter=database.p"))
    page.locator("section[data-section=database] tr:not([hidden])[data-k] a").first.focus()
    [first, *_, last] = shown_keys(page)
    steps = [
        ("ArrowRight", first, 0),
        ("End", first, len(ENVIRONMENTS) - 1),
        ("Control+End", last, len(ENVIRONMENTS) - 1),
        ("ArrowDown", last, len(ENVIRONMENTS) - 1),
        ("ArrowLeft", last, len(ENVIRONMENTS) - 2),
        ("PageUp", first, len(ENVIRONMENTS) - 2),
        ("ArrowUp", first, len(ENVIRONMENTS) - 2),
    ]
    for key, row, column in steps:
        page.keyboard.press(key)
        expect(page.locator(f"tr[data-k='{row}'] td").nth(column)).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(f"tr[data-k='{first}'] a")).to_be_focused()


def test_the_matrix_is_one_stop_for_the_tab_key(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(MATRIX))
    stops = page.locator("tr[data-k] a:not([tabindex='-1']), tr[data-k] td[tabindex='0']")
    expect(stops).to_have_count(1)
    page.get_by_role("searchbox").fill("database.port")
    expect(stops).to_have_count(1)
    expect(stops).to_be_visible()


def test_thousands_of_keys_are_filtered_at_once(serve: Serve, visit: Visit) -> None:
    keys = "\n".join(f"key_{number} = {number}" for number in range(2000))
    options = 'settings_files = ["settings.toml"]\n'
    service = serve({"assay.toml": options, "settings.toml": f"[default.many]\n{keys}\n[production]\nx = 1\n"})
    page = live(visit(service).open(MATRIX))
    page.get_by_role("searchbox").fill("key_1999")
    assert shown_keys(page) == ["many.key_1999"]
    expect(page.locator("#shown")).to_have_text("1 of 2,001 keys")
