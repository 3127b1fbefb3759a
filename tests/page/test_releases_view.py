"""A release is looked at, then made; and an older one is gone back to, in two steps as well."""

import pytest
from looking import live
from playwright.sync_api import Page, Route, expect
from running import Running, Serve
from visits import Visit

RELEASES = "/?view=releases&environment=development"


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    return serving({"settings/development.toml": "[development.server]\nport = 8001\n"})


def make(page: Page, word: str, message: str) -> None:
    page.get_by_label("What for").fill(message)
    page.get_by_role("button", name=word).click()


def test_what_is_seen_is_released_and_taken_back(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(RELEASES))
    expect(page.locator("tr[data-key='server.port']")).to_contain_text("8001")
    make(page, "Release development", "first")
    expect(page.locator("#releases tbody tr")).to_have_count(1)
    expect(page.locator("#releases")).to_contain_text("first")
    expect(page.get_by_text("No value differs.")).to_be_visible()

    project.replace("settings/development.toml", "8001", "8002")
    row = page.locator("tr[data-key='server.port']")
    expect(row).to_contain_text("8002")
    make(page, "Release development", "second")
    expect(page.locator("#releases tbody tr")).to_have_count(2)

    page.get_by_role("link", name="compare release 1").click()
    expect(row).to_contain_text("8001")
    make(page, "Go back to release 1", "it was slow")
    expect(page.locator("#releases tbody tr")).to_have_count(3)
    expect(page.locator("#releases")).to_contain_text("it was slow")


def test_what_is_typed_stays_while_the_files_change(project: Running, visit: Visit) -> None:
    page = live(visit(project).open(RELEASES))
    field = page.get_by_label("What for")
    field.fill("half a sent")
    project.write({"settings/development.toml": "[development.server]\nport = 8010\n"})
    expect(page.locator("tr[data-key='server.port']")).to_contain_text("8010")
    expect(field).to_have_value("half a sent")
    expect(field).to_be_focused()


def test_an_answer_that_comes_after_the_files_have_changed_is_heard(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 409")
    page = live(visits.open(RELEASES))
    asked: list[Route] = []
    page.route("**/releases", lambda route: asked.append(route))  # noqa: PLW0108 - a built-in bears no mark
    with page.expect_request("**/releases"):
        make(page, "Release development", "too late")
    project.write({"settings/development.toml": "[development.server]\nport = 8011\n"})
    expect(page.locator("tr[data-key='server.port']")).to_contain_text("8011")
    expect(page.get_by_role("button", name="Release development")).to_be_disabled()
    asked[0].continue_()
    expect(page.locator("form[data-release] .told")).to_contain_text("not those that are expected")
    expect(page.get_by_role("button", name="Release development")).to_be_enabled()


def test_a_service_that_says_no_is_heard(project: Running, visit: Visit) -> None:
    visits = visit(project)
    visits.expect("status of 409")
    page = live(visits.open(RELEASES))
    page.locator("form[data-release]").evaluate(
        "form => form.dataset.body = JSON.stringify({environment: 'development', expect: 'sha256:0'})"
    )
    make(page, "Release development", "")
    expect(page.locator("form[data-release] .told")).to_contain_text("not those that are expected")
