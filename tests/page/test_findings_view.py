"""Findings as somebody works through them: how bad, where, what to do, and why."""

import re

from looking import live
from playwright.sync_api import expect
from running import Running
from visits import Visit

FINDINGS = "/?view=findings"


def test_each_finding_says_how_bad_it_is_where_and_what_to_do(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(FINDINGS))
    level = page.get_by_role("region", name=re.compile(r"\d+ errors?"))
    finding = level.locator("li.finding[data-rule=APP001]")
    expect(finding).to_contain_text("production")
    expect(finding).to_contain_text("settings/production.toml:5:1")
    expect(finding).to_contain_text("debug = true")
    expect(finding.locator(".fix")).to_be_visible()


def test_a_fix_can_be_copied(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(FINDINGS, permissions=["clipboard-read", "clipboard-write"]))
    button = page.locator("li.finding[data-rule=APP001] .fix button.copy")
    button.click()
    expect(page.locator("#told")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == button.get_attribute("data-copy")


def test_where_the_browser_lets_nothing_be_copied_the_fix_is_selected(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(FINDINGS))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException()); }")
    button = page.locator("li.finding[data-rule=APP001] .fix button.copy")
    button.click()
    expect(page.locator("#told")).to_contain_text("Ctrl+C")
    assert str(button.get_attribute("data-copy")).splitlines()[0] in page.evaluate("getSelection().toString()")


def test_a_finding_leads_to_the_page_of_its_rule(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open(FINDINGS))
    page.locator("a[href*='rule=APP001']").first.click()
    expect(page).to_have_url(re.compile(r"rule=APP001"))
    expect(page.locator("main")).to_contain_text("APP001")
    expect(page.locator("main h1")).to_have_count(1)


def test_the_worst_findings_stand_on_the_first_view(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open("/"))
    severities = page.locator("main li.finding .what .severity").all_inner_texts()
    assert severities[0] == "error"
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_every_environment_has_a_card_with_its_verdict(shown: Running, visit: Visit) -> None:
    page = live(visit(shown).open("/"))
    told = page.request.get("/config/environments").json()["environments"]
    for one in told:
        card = page.locator(f".card[data-environment={one['name']}]")
        expect(card.locator(".verdict")).to_have_text("valid" if one["valid"] else "invalid")
        expect(card.locator(".trait.active")).to_have_count(int(one["active"]))
        expect(card.locator(".trait.production")).to_have_count(int(one["production"]))
        expect(card.locator(f"code[title='{one['fingerprint']}']")).to_be_visible()
        for word, number in one["counts"].items():
            expect(card.locator(f".severity.{word}")).to_have_count(min(number, 1))
