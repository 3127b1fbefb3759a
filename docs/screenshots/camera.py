"""Who makes the pictures, and how the page is looked at in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from benchmarks.servers import TOKEN
from docs.screenshots.demonstration import Demonstration

type Theme = Literal["light", "dark"]

_THEMES: tuple[Theme, ...] = ("light", "dark")
_SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a view is looked at: the theme, and on what."""

    theme: Theme
    device: str

    @property
    def options(self) -> dict[str, Any]:
        """What makes a browser's window look like that."""
        touched = self.device == "phone"
        return {
            "viewport": _SIZES[self.device],
            "color_scheme": self.theme,
            "reduced_motion": "reduce",
            "is_mobile": touched,
            "has_touch": touched,
        }


LOOKS = tuple(Look(theme=theme, device=device) for device, theme in product(_SIZES, _THEMES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Who makes the pictures.

    Attributes:
        browser: the browser that shows what is photographed.
        url: where the service is.
        session: the cookies of somebody who is signed in.
        project: what the service diagnoses.
        folder: where the pictures go.
    """

    browser: Browser
    url: str
    session: Any
    project: Demonstration
    folder: Path

    @contextmanager
    def window(self, look: Look, *, stranger: bool = False) -> Iterator[Page]:
        """A window of its own, of somebody who is signed in or of a stranger."""
        state = None if stranger else self.session
        with self.browser.new_context(base_url=self.url, storage_state=state, **look.options) as context:
            yield context.new_page()

    def take(self, page: Page, name: str, look: Look) -> None:
        """A picture of the window, and one of all that there is to scroll through.

        Raises:
            RuntimeError: the page holds a secret.
        """
        text = page.content()
        if any(secret in text for secret in (*self.project.secret, TOKEN)):
            raise RuntimeError(f"{name} holds a secret.")
        path = self.folder / f"{name}-{look.theme}-{look.device}.png"
        page.screenshot(path=path)
        if page.evaluate("document.documentElement.scrollHeight > innerHeight"):
            page.screenshot(path=path.with_stem(f"{path.stem}-whole"), full_page=True)
