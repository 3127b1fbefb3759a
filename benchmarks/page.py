"""The page's matrix of many keys, in a browser: how soon something is to be seen, how fast it filters, how large it is.

`python -m benchmarks.page` measures it alone.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks import chromium
from benchmarks.servers import TOKEN, Server, assay

type Taken = tuple[float, float]
"""Milliseconds: until what fits is seen, and until all is drawn."""

ENVIRONMENTS = ("development", "testing", "staging", "production", *(f"region{number}" for number in range(1, 11)))
SECTIONS, KEYS = 40, 50
LOADS = 11
INPUTS = (
    "s", "service7", "service31.timeout", "url5", "production.example.com", "retries", "8", "TRUE", "nothing like it",
    "note", "e",
)  # fmt: skip
"""What is typed, one after the other; after each, the filter is emptied."""

_AIMS = {"first": "< 1,000 ms", "filter": "< 100 ms", "bytes": "< 1.5 MB", "packed": "< 0.3 MB"}
_PERSON = {"Sec-Fetch-Site": "none", "Accept-Encoding": "gzip"}
"""What a browser says of a page that a person asks for."""

_NO_BROWSER = f"The page is measured with Chromium, which is not here: none of {', '.join(chromium.NAMES)}."
_FIRST_PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
    const [found] = list.getEntriesByName("first-contentful-paint");
    found && done(found.startTime);
}).observe({ type: "paint", buffered: true }))"""
_LISTEN = """() => addEventListener("input", (event) => {
    window.shownAfter = new Promise((done) => requestAnimationFrame(() =>
        requestAnimationFrame(() => done(performance.now() - event.timeStamp))));
    const isDrawn = () => [...document.querySelectorAll(".chunk")].every((table) => !table.style.contentVisibility);
    window.drawnAfter = window.shownAfter.then(() => new Promise((done) => requestAnimationFrame(function look() {
        isDrawn() ? done(performance.now() - event.timeStamp) : requestAnimationFrame(look);
    })));
}, { capture: true })"""
"""From the input to the frame after the one that shows what fits, and until what is out of sight is drawn, too."""

_SHOWN_AFTER = "async () => [await window.shownAfter, await window.drawnAfter]"
_FOLLOWED = "() => document.querySelector('#connection[data-state=live]')"


def tables() -> Iterator[str]:
    """The measurements as Markdown; without a browser, why there are none."""
    program = chromium.find()
    if program is None:
        yield _NO_BROWSER
        return
    with _served() as server, chromium.opened(program) as browser:
        yield "\n".join(_rows(browser, f"http://127.0.0.1:{server.port}/?view=matrix"))


def _rows(browser: Browser, url: str) -> Iterator[str]:
    paints = [_first_paint(browser, url) for _ in range(LOADS)]
    typed, emptied, sizes = _filtered(browser, url)
    shown, drawn = zip(*emptied, strict=True)
    yield f"| the page, {SECTIONS * KEYS:,} keys x {len(ENVIRONMENTS)} environments | median | greatest | aim |"
    yield "|---|---:|---:|---:|"
    yield _row(f"first contentful paint, {LOADS} loads, nothing cached", paints, _AIMS["first"])
    yield _row(
        f"from a text typed to the rows that fit, {len(typed)} texts", [first for first, _ in typed], _AIMS["filter"]
    )
    yield _row("from the filter emptied to a screen of rows, as often", shown, _AIMS["filter"])
    yield _row("from the filter emptied to what lies around the screen, too", drawn, "")
    yield f"| HTML, uncompressed | {sizes[0] / 1e6:.2f} MB | | {_AIMS['bytes']} |"
    yield f"| HTML, as a browser is sent it | {sizes[1] / 1e6:.2f} MB | | {_AIMS['packed']} |"


def _row(name: str, milliseconds: Sequence[float], aim: str) -> str:
    return f"| {name} | {statistics.median(milliseconds):.0f} ms | {max(milliseconds):.0f} ms | {aim} |"


@contextmanager
def _window(browser: Browser) -> Iterator[BrowserContext]:
    """A window with an empty cache, of somebody who may read."""
    with browser.new_context(
        viewport={"width": 1280, "height": 800}, extra_http_headers={"Authorization": f"Bearer {TOKEN}"}
    ) as context:
        yield context


def _first_paint(browser: Browser, url: str) -> float:
    with _window(browser) as context:
        page = context.new_page()
        page.goto(url)
        return float(page.evaluate(_FIRST_PAINT))


def _filtered(browser: Browser, url: str) -> tuple[list[Taken], list[Taken], list[int]]:
    """How long each text took, how long it took to empty the filter again, and the bytes of the page."""
    with _window(browser) as context:
        page = context.new_page()
        page.goto(url)
        page.wait_for_function(_FOLLOWED)
        page.evaluate(_LISTEN)
        taken = [(_typed(page, text), _typed(page, "")) for text in INPUTS]
        sizes = [_size(context, url, {}), _size(context, url, _PERSON)]
    return [typed for typed, _ in taken], [emptied for _, emptied in taken], sizes


def _size(context: BrowserContext, url: str, headers: Mapping[str, str]) -> int:
    """The bytes of the page on their way."""
    return int(context.request.get(url, headers=dict(headers)).headers["content-length"])


def _typed(page: Page, text: str) -> Taken:
    page.get_by_role("searchbox").fill(text)
    shown, drawn = page.evaluate(_SHOWN_AFTER)
    return float(shown), float(drawn)


@contextmanager
def _served() -> Iterator[Server]:
    with TemporaryDirectory(prefix="assay-bench-") as folder:
        write(Path(folder))
        with assay(Path(folder), level="info") as server:
            yield server


def write(folder: Path) -> None:
    """A project of services: a fifth of the keys is each environment's own, a tenth is missing in half of them."""
    names = ", ".join(f'"{name}"' for name in ENVIRONMENTS)
    options = f'known_environments = [{names}]\nproduction = ["production"]\nmerge_enabled = true\n'
    (folder / "assay.toml").write_text(options)
    (folder / "settings").mkdir()
    for environment in ("default", *ENVIRONMENTS):
        text = "".join(_section(environment, number) for number in range(SECTIONS))
        (folder / "settings" / f"{environment}.toml").write_text(text)


def _section(environment: str, number: int) -> str:
    own = (key for key in range(KEYS) if _has_own(environment, key))
    return f"[{environment}.service{number}]\n" + "".join(_setting(environment, number, key) for key in own)


def _has_own(environment: str, key: int) -> bool:
    """Whether an environment's file, or the one for all, sets the key of that number."""
    if key % 10 == 0:
        return environment in ENVIRONMENTS[::2]
    return (environment == "default") != (key % 5 == 0)


def _setting(environment: str, number: int, key: int) -> str:
    return (
        f'url{key} = "https://service{number}.{environment}.example.com/v{key}"\n',
        f"timeout{key} = {number + key / 10}\n",
        f"retries{key} = {key}\n",
        f"enabled{key} = {'true' if key % 2 else 'false'}\n",
        f'note{key} = "Service number {number}, the same in all"\n',
    )[key % 5]


if __name__ == "__main__":
    print(*tables(), sep="\n\n")
