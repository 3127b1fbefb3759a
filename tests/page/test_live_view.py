"""What changes on disk is shown without a reload, and the page says what it was."""

import re

import pytest
from looking import ENVIRONMENTS, cell, is_same_document, live
from playwright.sync_api import expect
from running import Running, Serve
from visits import Visit

MATRIX = "/?view=matrix"


@pytest.fixture
def service(serve: Serve) -> Running:
    return serve({"settings/production.toml": '[production.database]\nhost = "db.example.com"\nport = 5432\n'})


def test_an_edit_shows_in_its_cell_and_is_told(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    is_same_document(page)
    service.replace("settings/production.toml", "5432", "6432")
    expect(cell(page, "database.port", "production")).to_have_text("6432")
    expect(page.locator("#told")).to_have_text("database.port in production: 5432 → 6432 (settings/production.toml)")
    assert is_same_document(page)


def test_the_changed_cell_is_marked_for_a_while(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    service.replace("settings/production.toml", "5432", "6432")
    expect(page.locator("td.changed")).to_have_count(1)
    expect(cell(page, "database.port", "production")).to_have_class(re.compile(r"\bchanged\b"))
    expect(page.locator("td.changed")).to_have_count(0)


def test_one_change_of_several_environments_is_one_sentence(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    service.replace("settings.toml", 'name = "orders"', 'name = "parcels"')
    said = 'app.name in development, testing, staging, production: "orders" → "parcels" (settings.toml)'
    expect(page.locator("#told")).to_have_text(said)


def test_of_many_changes_the_first_are_named_and_the_rest_is_counted(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    pool = "\n[production.database.pool]\nsize = 7\nmax_overflow = 8\ntimeout = 9\nrecycle = 60\n"
    service.replace("settings/production.toml", "port = 5432\n", f"port = 6432\n{pool}")
    told = page.locator("#told")
    expect(told).to_contain_text("and 2 more changes")
    assert len(told.inner_text().split("\n")) == 4


def test_an_error_that_comes_is_told_on_every_view(service: Running, visit: Visit) -> None:
    page = live(visit(service).open("/"))
    card = page.locator("[data-environment=development]").first
    expect(card).to_contain_text("valid")
    service.replace("settings/development.toml", "debug = true", 'debug = "perhaps"')
    expect(page.locator("#told")).to_contain_text("development: 1 error, before 0")
    expect(card).to_contain_text("invalid")


def test_a_comment_is_no_change(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    service.replace("settings/production.toml", "port = 5432\n", "port = 5432\n# as ever\n")
    expect(page.locator("#told")).to_have_text("The profiles were read again; no shown value changed.")


def test_whoever_works_with_the_page_is_left_where_they_are(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    page.locator("section[data-section=app] summary").click()
    page.get_by_role("searchbox").fill("database.p")
    page.locator("tr[data-k='database.pool.size'] a").focus()
    for _ in ENVIRONMENTS[: ENVIRONMENTS.index("staging") + 1]:
        page.keyboard.press("ArrowRight")
    service.replace("settings/production.toml", "5432", "6432")
    expect(cell(page, "database.port", "production")).to_have_text("6432")
    expect(page.get_by_role("searchbox")).to_have_value("database.p")
    expect(cell(page, "database.pool.size", "staging")).to_be_focused()
    expect(page.locator("tr[data-k='database.host']")).to_be_hidden()
    page.get_by_role("searchbox").fill("")
    expect(page.locator("section[data-section=app] details")).not_to_have_attribute("open", "")


def test_what_is_being_typed_stays(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    page.get_by_role("searchbox").press_sequentially("database")
    service.replace("settings/production.toml", "5432", "6432")
    expect(page.locator("#told")).to_contain_text("6432")
    page.keyboard.type(".port")
    expect(page.get_by_role("searchbox")).to_have_value("database.port")


def test_an_open_explanation_is_renewed(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(f"{MATRIX}&key=database.port&environment=production"))
    expect(page.locator("#panel")).to_contain_text("5432")
    service.replace("settings/production.toml", "5432", "6432")
    expect(page.locator("#panel .winner")).to_contain_text("6432")
    expect(page.locator("#panel")).to_be_visible()


def test_a_new_environment_becomes_a_column(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    service.replace("assay.toml", '"staging", "production"]\nprod', '"staging", "production", "demo"]\nprod')
    expect(page.locator("th[data-env=demo]").first).to_be_attached()


def test_a_broken_save_is_told_as_such_and_changes_no_value(service: Running, visit: Visit) -> None:
    page = live(visit(service).open(MATRIX))
    told = page.locator("#told")
    service.replace("settings/production.toml", "port = 5432\n", "port = \n")
    expect(told).to_have_text(
        "Not judged: development, testing, staging, production: settings/production.toml:3 does not parse"
    )
    expect(page.locator(".not-judged")).to_contain_text("The values are those last known")
    expect(cell(page, "database.port", "production")).to_have_text("5432")
    service.replace("settings/production.toml", "port = \n", "port = 5432\n")
    expect(told).to_have_text("Judged again: development, testing, staging, production")
    expect(page.locator(".not-judged")).to_have_count(0)
