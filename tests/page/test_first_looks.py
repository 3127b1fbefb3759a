"""What somebody sees first: what is wrong in production, what changed lately, which database a test would ask."""

import pytest
from looking import live
from playwright.sync_api import expect
from running import Running, Serve
from test_accessible_views import violations
from visits import PHONE, Visit

FILES = {"settings/testing.toml": '[testing.database]\nhost = "db.testing.example.com"\nname = "orders_test"\n'}


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    return serving(FILES)


def test_production_comes_first_and_what_is_wrong_above_what_is_fine(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/"))
    told = {one["name"]: one for one in page.request.get("/config/environments").json()["environments"]}
    names = page.locator(".card h2").all_inner_texts()
    ranks = [(not told[name]["production"], told[name]["valid"]) for name in names]
    assert ranks == sorted(ranks)
    assert told[names[0]]["production"]


def test_what_changed_lately_is_told_with_its_keys(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/"))
    project.replace("settings/testing.toml", "orders_test", "orders_other")
    row = page.locator(".changes li").filter(has_text="testing").first
    expect(row).to_contain_text("database.name")
    row.get_by_role("link", name="database.name").click()
    expect(page.locator("#panel .winner")).to_contain_text("orders_other")
    project.replace("settings/testing.toml", "orders_other", "orders_test")


def test_the_database_is_told_before_it_is_tested(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/?view=database&environment=testing"))
    expect(page.locator(".target:visible")).to_contain_text("@db.testing.example.com:5432/orders_test")
    expect(page.locator("#stages")).to_be_hidden()
    page.locator("#probe-environment").select_option("production")
    expect(page.locator(".target:visible")).to_contain_text("db.example.com")


def test_the_database_that_a_test_would_ask_follows_the_files_and_what_is_typed_stays(
    project: Running, visit: Visit
) -> None:
    page = live(visit(project).open("/?view=database&environment=testing"))
    page.locator("#probe-environment").select_option("testing")
    project.replace("settings/testing.toml", "orders_test", "orders_other")
    expect(page.locator(".target:visible")).to_contain_text("/orders_other")
    project.replace("settings/testing.toml", "orders_other", "orders_test")
    expect(page.locator(".target:visible")).to_contain_text("/orders_test")
    expect(page.locator("#probe-environment")).to_have_value("testing")


def test_titles_carry_the_project_and_the_view(project: Running, visit: Visit) -> None:
    page = visit(project).open(None)
    for path, title in (("/", "Overview"), ("/?view=matrix", "Matrix"), ("/?view=compare", "Compare")):
        page.goto(path)
        expect(page).to_have_title(f"{title} · {project.root.name} · Assay")
        live(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_description_of_the_api_is_a_click_away_and_looks_like_the_page(
    project: Running, visit: Visit, scheme: str
) -> None:
    page = live(visit(project).open("/", size=PHONE, color_scheme=scheme))
    page.get_by_role("link", name="The API, described").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('code')).fontFamily").startswith("ui-monospace")
    assert violations(page) == []
    page.get_by_role("link", name="Back to the page").click()
    live(page)


def test_a_narrow_window_shows_which_view_is_open(project: Running, visit: Visit) -> None:
    page = live(visit(project).open("/?view=history", size=PHONE))
    expect(page.locator("[aria-current=page]")).to_be_in_viewport(ratio=0.99)
