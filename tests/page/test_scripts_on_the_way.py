"""While the page's scripts are still on their way, nothing can be done that only they can do.

A form that the browser itself sent would put what was typed into an address: a message lost, a secret told.
"""

import pytest
from playwright.sync_api import Page, Route, expect
from running import Running, Serve
from visits import Visit

EDITED = "/?view=matrix&key=server.port&environment=development"
VIEWS = (
    "/?view=releases&environment=development",
    EDITED,
    "/?view=database",
    "/?view=findings",
)
NEEDY = ".needs-script:not(#theme)"
SENT_BY_THE_BROWSER = "[...document.forms].filter(form => form.method !== 'dialog' && !form.hasAttribute('action'))"


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    changed = "[development.server]\nport = 8001\n[development.database]\npassword = 'postgres'\n"
    return serving({"settings/development.toml": changed}, ASSAY_DIAGNOSTICS__EDITING="true")


@pytest.mark.parametrize("view", VIEWS)
def test_what_needs_scripts_waits_for_them(project: Running, visit: Visit, view: str) -> None:
    page = visit(project).open(None)
    held = opened_without_scripts(page, view)
    needy = page.locator(NEEDY)
    expect(needy.first).to_be_attached()
    assert not [one for one in needy.all() if one.is_visible()]
    held.continue_()
    expect(needy.first).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
def test_no_form_is_sent_but_where_it_says(project: Running, visit: Visit, view: str) -> None:
    page = visit(project).open(view)
    assert page.evaluate(f"{SENT_BY_THE_BROWSER}.map(form => form.id || form.outerHTML)") == []


def test_a_form_that_is_sent_too_early_goes_nowhere(project: Running, visit: Visit) -> None:
    page = visit(project).open(None)
    held = opened_without_scripts(page, EDITED)
    field = page.locator("#edit [name=value]")
    field.evaluate("field => { field.value = 'hunter2'; field.form.requestSubmit(); }")
    held.continue_()
    expect(field).to_be_visible()
    assert "hunter2" not in page.url
    expect(field).to_have_value("hunter2")


def opened_without_scripts(page: Page, view: str) -> Route:
    """Opens a view, and keeps its scripts back until they are let go on."""
    late: list[Route] = []
    page.route("**/page.js*", lambda route: late.append(route))  # noqa: PLW0108 - a built-in bears no mark
    with page.expect_request("**/page.js*"):
        page.goto(view, wait_until="commit")
    expect(page.locator("footer")).to_be_attached()
    return late[0]
