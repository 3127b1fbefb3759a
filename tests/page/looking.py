"""Where things stand on the page."""

from playwright.sync_api import Locator, Page, expect

ENVIRONMENTS = ("development", "testing", "staging", "production")


def cell(page: Page, key: str, environment: str) -> Locator:
    """A cell of the matrix."""
    return page.locator(f"tr[data-k='{key}'] td").nth(ENVIRONMENTS.index(environment))


def live(page: Page) -> Page:
    """The page, once it is connected."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


def is_same_document(page: Page) -> bool:
    """Whether the page has not been loaded again since this was asked first."""
    return bool(page.evaluate("() => { const kept = window.kept === true; window.kept = true; return kept; }"))
