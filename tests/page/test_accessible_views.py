"""Nobody is kept out: axe-core finds nothing wrong on any view, in light and dark, on a desk and on a phone."""

from pathlib import Path

import axe_playwright_python
import pytest
from histories import history
from looking import live
from playwright.sync_api import Page, expect
from running import OPERATOR, PROFILES, Running, Serve, digest
from visits import DESKTOP, PHONE, Visit

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
LOOK = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    const told = (id, node) => `${id}: ${node.target} ${node.failureSummary}`;
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));
}"""
VIEWS = {
    "overview": "/",
    "matrix": "/?view=matrix",
    "matrix-filtered": "/?view=matrix&only=differences&environment=production",
    "explanation": "/?view=matrix&key=database.port&environment=production",
    "explanation-not-found": "/?view=matrix&key=database.prot",
    "compare": "/?view=compare&left=production&right=staging",
    "columns": "/?view=matrix&columns=production,staging&pinned=production",
    "findings": "/?view=findings",
    "rule": "/?view=rule&rule=APP001",
    "rules": "/?view=rule",
    "plan": "/?view=plan&base=main~1&head=main",
    "plan-not-found": "/?view=plan&base=nothing",
    "releases": "/?view=releases",
    "instances": "/?view=instances",
    "release": "/?view=releases&environment=development",
    "database": "/?view=database",
    "history": "/?view=history",
    "misunderstood": "/?view=matrx",
}


@pytest.fixture(scope="module")
def project(serving: Serve) -> Running:
    running = serving({".secrets.toml": "[production.database]\npassword = 'canary-p4ss-and-long'\n"})
    history(running.root, PROFILES, {"settings.toml": PROFILES["settings.toml"].replace("5432", "6432")})
    return running


def violations(page: Page) -> list[str]:
    """What axe-core finds; handed in from outside, the content policy does not stand in its way."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(LOOK)
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_keeps_anybody_out(
    project: Running, visit: Visit, view: str, scheme: str, size: tuple[int, int]
) -> None:
    visits = visit(project)
    visits.expect("status of 40[04]")
    page = live(visits.open(VIEWS[view], size=size, color_scheme=scheme))
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_comes_while_somebody_works_keeps_nobody_out_either(serve: Serve, visit: Visit, scheme: str) -> None:
    service = serve()
    visits = visit(service)
    page = live(visits.open("/?view=database", color_scheme=scheme))
    page.locator("#probe input[value=parts]").check()
    page.locator("#probe [name=host]").fill("127.0.0.1")
    page.locator("#probe [name=port]").fill("1")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#probe [aria-invalid]").first).to_be_visible()
    service.replace("settings.toml", "5432", "6432")
    expect(page.locator("#told")).to_contain_text("6432")
    assert violations(page) == []
    visits.expect("ERR_")
    service.stop()
    expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in_keeps_nobody_out(serve: Serve, visit: Visit, scheme: str) -> None:
    service = serve(ASSAY_AUTH__TOKENS=f'[{{name="ada",role="operator",sha256="{digest(OPERATOR)}"}}]')
    visits = visit(service)
    page = visits.open(color_scheme=scheme)
    assert violations(page) == []
    visits.expect("status of 401")
    page.get_by_label("Token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_one_heading_and_its_landmarks(project: Running, visit: Visit, view: str) -> None:
    visits = visit(project)
    visits.expect("status of 40[04]")
    page = visits.open(VIEWS[view])
    for role in ("main", "banner"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_nothing_moves_for_whoever_wants_no_motion(serve: Serve, visit: Visit) -> None:
    service = serve()
    page = live(visit(service).open("/?view=matrix", reduced_motion="reduce"))
    service.replace("settings.toml", "5432", "6432")
    expect(page.locator("td.changed").first).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
