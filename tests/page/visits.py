"""Visits to the page: every browser window is watched for what must never happen in it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from leaks import hear
from patience import PATIENCE_MILLISECONDS
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request
from running import Running

DESKTOP = (1280, 800)
PHONE = (390, 844)

type Visit = Callable[[Running], Visits]


@dataclass(kw_only=True)
class Visits:
    """Windows of a browser, each a stranger to the others, and what went wrong in them.

    Attributes:
        browser: the browser.
        own: the origin that the page may ask.
        faults: what went wrong: errors on the console, in scripts and in requests, dialogs, other origins.
        expected: patterns of faults that a test brings about.
    """

    browser: Browser
    own: str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str | None = "/", *, size: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        """A page in a window of its own; with no path an empty one."""
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, base_url=self.own, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.contexts.append(context)
        page = context.new_page()
        self._watch(page)
        if path is not None:
            page.goto(path)
        return page

    def expect(self, *patterns: str) -> None:
        """From now on these are no faults."""
        self.expected += patterns

    def close(self) -> list[str]:
        """Closes the windows; gives the faults that nobody expected."""
        for context in self.contexts:
            for page in context.pages:
                hear("page", page.content())
            context.close()
        return [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.expected)]

    def _watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("dialog", self._interrupted)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.own:
            self.faults.append(f"origin: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # whoever leaves a page leaves what it waited for
            self.faults.append(f"request: {request.url} {request.failure}")

    def _interrupted(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def visiting(browser: Browser, own: str) -> Iterator[Visits]:
    """Visits that end without a fault."""
    visits = Visits(browser=browser, own=own)
    yield visits
    faults = visits.close()
    assert not faults, "\n".join(faults)
