"""The views of the page, and how to come to each: what is to be seen when it is ready."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from app.database.target import Target


def is_live(page: Page) -> None:
    """Waits until the page follows the service."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def is_lost(page: Page) -> None:
    """Waits until the page has seen that the service is away."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One that a picture is made of.

    Attributes:
        path: its address.
        arrive: does what has to be done there.
        stranger: whether nobody is signed in.
    """

    path: str
    arrive: Callable[[Page], object] = is_live
    stranger: bool = False


def views(target: Target) -> Mapping[str, View]:
    """Every view of a service that stays, by its name; the target is the one that answers."""
    return {
        "overview": View(path="/"),
        "matrix": View(path="/?view=matrix"),
        "matrix-differences": View(path="/?view=matrix&only=differences"),
        "matrix-filtered": View(path="/?view=matrix&filter=database"),
        "matrix-columns": View(path="/?view=matrix&columns=production,staging,testing&pinned=production#columns"),
        "compare": View(path="/?view=compare&left=staging&right=production"),
        "explanation": View(path="/?view=matrix&key=payments.verify_ssl&environment=production"),
        "explanation-secret": View(path="/?view=findings&key=database.password&environment=production"),
        "findings": View(path="/?view=findings"),
        "rule": View(path="/?view=rule&rule=CORS003"),
        "plan": View(path="/?view=plan&base=main~1&head=main"),
        "plan-working-tree": View(path="/?view=plan&base=main~2"),
        "releases": View(path="/?view=releases"),
        "release-to-make": View(path="/?view=releases&environment=production-eu"),
        "release-refused": View(path="/?view=releases&environment=production"),
        "release-to-go-back-to": View(path="/?view=releases&environment=staging&left=1"),
        "instances": View(path="/?view=instances", arrive=_instances),
        "history": View(path="/?view=history"),
        "history-compared": View(path="/?view=history&environment=production", arrive=_compare),
        "database-failed": View(path="/?view=database", arrive=lambda page: _refused(page, target)),
        "database-good": View(path="/?view=database&environment=development", arrive=_answers),
        "sign-in": View(path="/", arrive=_asks_for_a_token, stranger=True),
        "sign-in-refused": View(path="/", arrive=_wrong_token, stranger=True),
        "unknown-environment": View(path="/?view=matrix&environment=prodction"),
    }


def sign_in(page: Page, token: str) -> None:
    """Signs in with a token."""
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def _instances(page: Page) -> None:
    """One of them has a value of its own."""
    is_live(page)
    expect(page.locator("#instances")).to_contain_text("logging.level")


def _compare(page: Page) -> None:
    is_live(page)
    points = page.locator("#timeline li.snapshot")
    points.nth(0).locator("input[name=right]").check()
    points.nth(3).locator("input[name=left]").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compared")).to_be_visible()
    is_live(page)


def _answers(page: Page) -> None:
    is_live(page)
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#verdict")).to_contain_text("It answers")


def _refused(page: Page, target: Target) -> None:
    """A password that is wrong, for a server that is there."""
    is_live(page)
    page.locator("#probe input[name=way][value=parts]").check()
    typed = {"host": target.host, "port": target.port, "username": target.username, "name": target.name}
    for name, value in {**typed, "password": "not-the-password"}.items():
        page.locator(f"#probe [name='{name}']").fill(str(value))
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#probe [name=password]")).to_have_attribute("aria-invalid", "true")


def _asks_for_a_token(page: Page) -> None:
    expect(page.get_by_label("Token")).to_be_focused()


def _wrong_token(page: Page) -> None:
    sign_in(page, "not-a-token")
    expect(page.get_by_role("alert")).to_be_visible()
