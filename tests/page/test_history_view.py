"""The time line of what changed, and two points of it compared."""

import re
from typing import Any

import pytest
from looking import live
from patience import eventually
from playwright.sync_api import APIRequestContext, Page, expect
from running import Running, Serve
from visits import Visit

HISTORY = "/?view=history&environment=production"
RELOADS = 20


@pytest.fixture(scope="module")
def changed(serving: Serve) -> Running:
    """A project whose production was changed once while it was watched."""
    return serving({"settings/production.toml": '[production.database]\nhost = "db.example.com"\nport = 5432\n'})


def snapshots(asking: APIRequestContext, number: int) -> list[str]:
    """The snapshots of production, newest first, once there are so many: a change is recorded behind its report."""
    listed: list[Any] = []

    def are_there() -> bool:
        listed[:] = asking.get("/config/history?environment=production").json().get("snapshots", [])
        return len(listed) >= number

    assert eventually(are_there), f"{number} snapshots were not recorded"
    return [one["id"] for one in listed]


@pytest.fixture
def page(changed: Running, visit: Visit) -> Page:
    page = visit(changed).open(None)
    snapshots(page.request, 1)
    path = changed.root / "settings/production.toml"
    if "5432" in path.read_text():
        changed.replace("settings/production.toml", "5432", "6432")
    snapshots(page.request, 2)
    page.goto(HISTORY)
    return live(page)


def test_each_change_stands_in_the_time_line_newest_first(page: Page) -> None:
    found = [str(one.get_attribute("data-snapshot")) for one in page.locator("#timeline li.snapshot").all()]
    assert found == snapshots(page.request, 2)
    expect(page.locator("#timeline li.snapshot").first).to_contain_text("1 value changed")


def test_two_points_are_compared_at_an_address_of_their_own(page: Page, changed: Running, visit: Visit) -> None:
    later, earlier = snapshots(page.request, 2)[-2:]
    page.locator(f"input[name=left][value='{earlier}']").check()
    page.locator(f"input[name=right][value='{later}']").check()
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(f"left={earlier}"))
    expect(page).to_have_url(re.compile(f"right={later}"))
    row = page.locator("tr[data-key='database.port']")
    expect(row).to_contain_text("5432")
    expect(row).to_contain_text("6432")
    other = visit(changed).open(page.url)
    expect(other.locator("tr[data-key='database.port']")).to_contain_text("6432")


def test_a_change_leads_to_the_explanation_of_its_key(page: Page) -> None:
    later = snapshots(page.request, 2)[-2]
    page.locator(f"#timeline li.snapshot[data-snapshot='{later}'] a").first.click()
    live(page)
    page.locator("tr[data-key='database.port'] a").click()
    expect(page.locator("#panel .winner")).to_contain_text("6432")


def test_a_card_says_when_its_environment_last_changed(page: Page) -> None:
    told = page.locator(".card[data-environment=production] dl div").filter(has_text="Last change")
    for _ in range(RELOADS):  # a service that has much to do shows the view without it
        page.goto("/")
        if "not known" not in told.inner_text():
            break
    expect(told).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"))


def test_a_choice_outlives_a_change_on_disk(page: Page, changed: Running) -> None:
    earlier = snapshots(page.request, 2)[-1]
    page.locator(f"input[name=left][value='{earlier}']").check()
    (changed.root / "settings.toml").write_text((changed.root / "settings.toml").read_text() + "\n# as ever\n")
    expect(page.locator("#told")).to_have_text("The profiles were read again; no shown value changed.")
    expect(page.locator(f"input[name=left][value='{earlier}']")).to_be_checked()


def test_what_is_recorded_appears_without_a_reload(page: Page, changed: Running) -> None:
    entries = page.locator("#timeline li.snapshot")
    shown = entries.count()
    path = changed.root / "settings/production.toml"
    path.write_text(path.read_text() + f"connection_limit = {10 + shown}\n")
    expect(entries).to_have_count(shown + 1)
    expect(entries.first).to_contain_text("1 value changed")


WIDE = "(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent)"
"""What stands out of its column."""


def test_no_word_of_the_time_line_covers_another(page: Page, changed: Running) -> None:
    path = changed.root / "settings/production.toml"
    whole = path.read_text()
    path.write_text(f"{whole}[production.database\n")
    row = page.locator("#timeline li", has_text="not judged").first
    expect(row).to_be_visible()
    assert row.locator("> *").evaluate_all(WIDE) == []
    path.write_text(whole)
