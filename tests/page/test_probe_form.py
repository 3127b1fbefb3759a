"""Testing a connection from the page: stage by stage, the guilty fields marked, the password nowhere kept."""

import re
import socket
from collections.abc import Iterator

import pytest
from looking import live
from playwright.sync_api import Locator, Page, expect
from ports import unused_port
from running import VIEWER, Running, Serve, digest
from visits import Visit

from app.database.target import Target

DATABASE = "/?view=database"
STAGES = ["resolve", "connect", "tls", "login", "query", "privileges", "migrations"]


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def choose(page: Page, way: str) -> None:
    page.locator(f"#probe input[name=way][value={way}]").check()


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#probe [name='{name}']")


def fill(page: Page, **values: object) -> None:
    choose(page, "parts")
    for name, value in values.items():
        field(page, name).fill(str(value))


def send(page: Page) -> None:
    page.get_by_role("button", name="Test connection").click()


def statuses(page: Page) -> list[str]:
    return [str(one.get_attribute("data-status")) for one in page.locator("#stages li").all()]


def address(target: Target) -> dict[str, object]:
    return {"host": target.host, "port": target.port, "username": target.username, "name": target.name}


def test_an_environments_own_database_answers(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(DATABASE))
    send(page)
    expect(page.locator("#verdict")).to_contain_text(re.compile(r"It answers: PostgreSQL \d+"))
    assert page.locator("#stages .name").all_inner_texts() == STAGES
    assert set(statuses(page)) <= {"ok", "warning", "skipped"}
    expect(page.locator("#stages li[data-stage=login] .ms")).to_have_text(re.compile(r"^[\d.]+ ms$"))


def test_a_wrong_password_marks_its_field_and_is_kept_nowhere(shown: Running, visit: Visit, database: Target) -> None:
    page = live(visit(shown).open(DATABASE))
    fill(page, **address(database), password="canary-wrong-password")
    with page.expect_request("**/config/database/test") as sent:
        send(page)
    assert sent.value.post_data_json["password"] == "canary-wrong-password"
    password = field(page, "password")
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_have_value("")
    expect(field(page, "host")).not_to_have_attribute("aria-invalid", "true")
    described = page.locator(f"#{password.get_attribute('aria-describedby')}")
    expect(described).to_be_visible()
    expect(page.locator("#stages li[data-stage=login]")).to_have_attribute("data-status", "failed")
    assert statuses(page)[4:] == ["skipped"] * 3
    assert "canary" not in page.content() + page.url
    assert page.evaluate("[localStorage.length, sessionStorage.length, history.state]") == [0, 0, None]


def test_a_mark_goes_when_its_field_is_corrected(shown: Running, visit: Visit, database: Target) -> None:
    page = live(visit(shown).open(DATABASE))
    fill(page, **address(database), password="canary-wrong-password")
    send(page)
    expect(field(page, "password")).to_have_attribute("aria-invalid", "true")
    field(page, "password").fill(str(database.password))
    expect(field(page, "password")).not_to_have_attribute("aria-invalid", "true")
    send(page)
    expect(page.locator("#verdict")).to_contain_text("It answers")
    expect(page.locator("[aria-invalid], .problem")).to_have_count(0)


def test_stages_are_shown_as_they_end_and_a_test_can_be_cancelled(shown: Running, visit: Visit, silent: int) -> None:
    page = live(visit(shown).open(DATABASE))
    fill(page, host="127.0.0.1", port=silent, username="app", name="orders")
    send(page)
    expect(page.locator("#stages li[data-stage=connect]")).to_have_attribute("data-status", "ok")
    expect(page.locator("#stages li[data-status=running]")).to_have_count(1)
    expect(page.locator("#verdict")).to_have_text("Testing…")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#verdict")).to_have_text("Cancelled.")
    expect(page.locator("#stages li[data-status=running]")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_a_host_that_refuses_is_marked(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(DATABASE))
    fill(page, host="127.0.0.1", port=unused_port())
    send(page)
    expect(page.locator("#stages li[data-stage=connect]")).to_have_attribute("data-status", "failed")
    expect(field(page, "port")).to_have_attribute("aria-invalid", "true")


def test_what_is_no_target_is_told_field_by_field(shown: Running, visit: Visit) -> None:
    visits = visit(shown)
    page = live(visits.open(DATABASE))
    visits.expect("status of 422")
    fill(page, host="127.0.0.1", port="many")
    send(page)
    expect(field(page, "port")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#problem-port")).to_contain_text("port")
    expect(field(page, "host")).not_to_have_attribute("aria-invalid", "true")
    assert set(statuses(page)) == {"waiting"}


@pytest.mark.parametrize(
    ("login", "query", "left"), [(":canary-in-url", "", ""), ("", "?password=canary", "?password=")]
)
def test_a_password_in_a_url_is_taken_out_of_the_field(
    shown: Running, visit: Visit, database: Target, login: str, query: str, left: str
) -> None:
    page = live(visit(shown).open(DATABASE))
    choose(page, "url")
    where = f"{database.host}:{database.port}/{database.name}"
    url = field(page, "url")
    url.fill(f"postgresql://{database.username}{login}@{where}{query}")
    send(page)
    expect(page.locator("#verdict")).to_have_attribute("data-state", "failed")
    expect(url).to_have_value(f"postgresql://{database.username}@{where}{left}")
    assert "canary" not in page.content()


def test_a_target_that_is_not_allowed_is_told(serve: Serve, visit: Visit) -> None:
    service = serve(ASSAY_DIAGNOSTICS__ALLOWED_TARGETS="['db.example.com:5432']")
    visits = visit(service)
    page = live(visits.open(DATABASE))
    visits.expect("status of 403")
    fill(page, host="127.0.0.1", port=5432)
    send(page)
    expect(page.locator("#verdict")).to_contain_text("127.0.0.1")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def test_more_tests_than_may_run_are_turned_away(serve: Serve, visit: Visit, silent: int) -> None:
    service = serve(ASSAY_DIAGNOSTICS__MAX_CONCURRENT_PROBES="1")
    visits = visit(service)
    first, second = (live(visits.open(DATABASE)) for _ in range(2))
    visits.expect("status of 429")
    fill(first, host="127.0.0.1", port=silent)
    send(first)
    expect(first.locator("#stages li[data-stage=connect]")).to_have_attribute("data-status", "ok")
    send(second)
    expect(second.locator("#verdict")).to_contain_text("As many probes run as may run")


def test_a_viewer_is_offered_no_test(serve: Serve, visit: Visit) -> None:
    service = serve(ASSAY_AUTH__TOKENS=f'[{{name="bob",role="viewer",sha256="{digest(VIEWER)}"}}]')
    page = visit(service).open(DATABASE)
    page.get_by_label("Token").fill(VIEWER)
    page.get_by_role("button", name="Sign in").click()
    live(page)
    expect(page.locator("#probe")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("operator")


def test_a_change_on_disk_disturbs_no_test(serve: Serve, visit: Visit, silent: int) -> None:
    service = serve()
    page = live(visit(service).open(DATABASE))
    fill(page, host="127.0.0.1", port=silent)
    send(page)
    expect(page.locator("#stages li[data-stage=connect]")).to_have_attribute("data-status", "ok")
    service.replace("settings.toml", "5432", "6432")
    expect(page.locator("#told")).to_contain_text("6432")
    expect(field(page, "port")).to_have_value(str(silent))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#verdict")).to_have_text("Cancelled.")


def test_the_status_of_the_services_own_database_is_shown(shown: Running, visit: Visit, database: Target) -> None:
    page = live(visit(shown).open(DATABASE))
    expect(page.locator("section.status .verdict")).to_have_text("connected")
    expect(page.locator("section.status")).to_contain_text(f"{database.host}:{database.port}/{database.name}")
