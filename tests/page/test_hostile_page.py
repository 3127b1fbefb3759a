"""Whatever a project holds is shown as text, and breaks no layout."""

import re
from pathlib import Path

import pytest
from looking import live
from playwright.sync_api import Page, expect
from projects import OWN
from running import Running, Serve
from visits import DESKTOP, PHONE, Visit

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
TURNED = "\u202egnp.exe\u2066"
LONG = "m" * 10_000
FAMILY = "👩‍👩‍👧‍👦"
VIEWS = ["/", "/?view=matrix", "/?view=findings", "/?view=plan", "/?view=database", "/?view=history"]


def quoted(text: str) -> str:
    """A string of TOML."""
    letters = (f"\\U{ord(one):08x}" if one in '"\\' or ord(one) < 32 else one for one in text)
    return f'"{"".join(letters)}"'


VALUES = {
    "script": SCRIPT,
    "image": IMAGE,
    "turned": TURNED,
    "long": LONG,
    "family": FAMILY,
    "lines": "one\ntwo\r\nthree\tfour\x1b[31m",
    "entity": "&lt;b&gt;&amp;",
    "template": "{{ 7 * 7 }}",
}
KEYS = [SCRIPT, IMAGE, TURNED, FAMILY, "a\nb", "q\"uo'te", "k" * 300, "&amp;", "]] > x"]
PROFILE = "\n".join(
    [
        "[default.hostile]",
        *(f"{name} = {quoted(value)}" for name, value in VALUES.items()),
        *(f"{quoted(key)} = {number}" for number, key in enumerate(KEYS)),
        f"[{quoted(IMAGE)}.app]",
        'name = "x"',
        "[production.app]",
        f"debug = {quoted(SCRIPT)}",
        f"name = {quoted(LONG)}",
    ]
)
FILES = {
    "assay.toml": f'{OWN}settings_files = ["settings.toml", "settings/*.toml"]\n',
    f"settings/{IMAGE}.toml": f"[production.database]\nport = {quoted(IMAGE)}\n",
    f"settings/{TURNED}\n.toml": "[production.app]\ndocs = 1\n",
    f"settings/{FAMILY}.toml": "[staging.app]\ndocs = 'x'\n",
    "settings/hostile.toml": PROFILE,
}


@pytest.fixture(scope="module")
def hostile(serving: Serve, elsewhere: Path) -> Running:
    return serving(FILES, elsewhere)


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 640)], ids=["desktop", "phone", "narrow"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_is_broken(hostile: Running, visit: Visit, view: str, size: tuple[int, int]) -> None:
    page = live(visit(hostile).open(view, size=size))
    assert overflow(page) == 0
    assert page.locator("main script, main img, main b:text-is('x')").count() == 0


@pytest.mark.parametrize("value", [SCRIPT, IMAGE, "&lt;b&gt;&amp;", "{{ 7 * 7 }}"])
def test_a_value_is_shown_as_it_stands(hostile: Running, visit: Visit, value: str) -> None:
    page = live(visit(hostile).open("/?view=matrix"))
    expect(page.get_by_role("gridcell").filter(has_text=value).first).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", VALUES)
def test_an_explanation_holds_the_whole_value(hostile: Running, visit: Visit, name: str, size: tuple[int, int]) -> None:
    page = live(visit(hostile).open(f"/?view=matrix&key=hostile.{name}", size=size))
    shown = page.locator("#panel .value").first
    expect(shown).to_be_visible()
    assert overflow(page) == 0
    if name == "long":
        assert LONG in shown.inner_text()
    assert not {"\u202e", "\u2066", "\x1b"} & set(page.locator("body").inner_text())


def test_every_key_opens_its_explanation(hostile: Running, visit: Visit) -> None:
    page = live(visit(hostile).open("/?view=matrix"))
    links = page.locator("tr[data-k^='hostile.'] a")
    for number in range(links.count()):
        links.nth(number).click()
        expect(page.locator("#panel h2")).to_contain_text(links.nth(number).inner_text())
        expect(page.locator("#panel .note")).to_have_count(0)


def test_the_filter_finds_what_it_would_have_to_escape(hostile: Running, visit: Visit) -> None:
    page = live(visit(hostile).open("/?view=matrix"))
    page.get_by_role("searchbox").fill(SCRIPT)
    expect(page.locator("tr[data-k='hostile.script']")).to_be_visible()
    expect(page.locator("tr[data-k='app.workers']")).to_have_count(0)
    expect(page).to_have_url(re.compile("filter="))
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value(SCRIPT)
    expect(page.locator("tr[data-k='hostile.script']")).to_be_visible()


def test_what_an_address_says_is_shown_as_text(hostile: Running, visit: Visit) -> None:
    visits = visit(hostile)
    visits.expect("status of 40[04]")
    page = visits.open(f"/?view={IMAGE}&environment={SCRIPT}&key={IMAGE}&{SCRIPT}={TURNED}")
    expect(page.locator("main .note").first).to_contain_text(IMAGE)
    expect(page.locator("#panel")).to_contain_text(IMAGE)
    assert page.locator("main script, main img").count() == 0
    assert overflow(page) == 0


def test_a_hostile_change_is_told_as_text(serve: Serve, visit: Visit, elsewhere: Path) -> None:
    service = serve(FILES, elsewhere)
    page = live(visit(service).open("/?view=matrix"))
    service.replace("settings/hostile.toml", 'entity = "&lt;b', f'entity = "{IMAGE}{TURNED}{LONG}&lt;b')
    told = page.locator("#told")
    expect(told).to_contain_text(IMAGE)
    assert "\u202e" not in told.inner_text()
    assert len(told.inner_text()) < 1000
    assert overflow(page) == 0


def test_messages_and_places_are_shown_as_text(hostile: Running, visit: Visit) -> None:
    page = live(visit(hostile).open("/?view=findings"))
    main = page.locator("main")
    joined = FAMILY.replace("\u200d", r"\u200d")  # what is not seen is an escape
    for text in (SCRIPT, f"settings/{IMAGE}.toml", joined):
        expect(main).to_contain_text(text)
    assert not {"\u202e", "\u2066"} & set(main.inner_text())


def test_a_broken_file_of_a_hostile_name_is_told_as_text(serve: Serve, visit: Visit, elsewhere: Path) -> None:
    service = serve({**FILES, f"settings/{IMAGE}.toml": "[production.app]\ndocs = = 1\n"}, elsewhere)
    main = live(visit(service).open("/")).locator("main")
    expect(main).to_contain_text(f"settings/{IMAGE}.toml:2 does not parse")
