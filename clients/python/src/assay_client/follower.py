"""Follows the releases: by the stream of events, else by long polls, which are polls where nothing waits."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from assay_client.backoff import Backoff, jittered
from assay_client.errors import Behind, Refused, ServiceError
from assay_client.service import ANSWER_SECONDS, BODY_SECONDS, Service

if TYPE_CHECKING:
    from assay_client.client import Client

_LONG_POLL_SECONDS = 8.0
"""With what an answer may take, a replica that hangs is left within 13 seconds."""

_POLL_SECONDS = 5.0
_POLLED_SECONDS = 60.0
"""How long it goes on polling before it asks for a stream again."""

_LIVED_SECONDS = 5.0
"""A stream that lasted as long was a real one."""

_SHORTEST_SHARE_SECONDS = 0.25


class Follower:
    """A thread that keeps a client up to date."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._service = Service(client.configuration, client.environment)
        self._backoff = Backoff()
        self._announced = 0
        self._thread = threading.Thread(target=self._run, name="assay-client-follower", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Ends it, and waits so long that it has."""
        self._service.break_off()
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def let_go(self) -> None:
        """In the child of a fork: closes what it brought along."""
        self._service.let_go()

    def _run(self) -> None:
        first = max(self._client.configuration.timeout / len(self._client.configuration.urls), _SHORTEST_SHARE_SECONDS)
        is_first = True  # then a start waits for it
        try:
            while not self._client.stopping.is_set():
                try:
                    self._fetch(seconds=first, whole=first if is_first else BODY_SECONDS)
                    self._listen()
                except ServiceError as error:
                    self._client.lost(error)
                    self._rest(error.retry_after if isinstance(error, Behind) else 0.0)
                except BaseException as error:  # noqa: BLE001 - a follower that died would leave its process stale for ever
                    self._client.lost(ServiceError(f"{type(error).__name__} while following"))
                    self._rest(0.0)
                first, is_first = ANSWER_SECONDS, False
        finally:
            self._service.close()

    def _listen(self) -> None:
        """Hears of releases until the stream ends; where there is none to be had, asks for a while."""
        began = time.monotonic()
        try:
            for announced in self._service.announcements(self._client.held):
                self._client.heard()
                if announced and announced.id > self._client.held:
                    self._announced = max(self._announced, announced.id)
                    self._client.jitter = announced.jitter
                    self._client.stopping.wait(random.uniform(0, announced.jitter))  # noqa: S311 - spreads load
                    self._fetch()
                if self._client.stopping.is_set():
                    return
        except (Behind, Refused):
            self._poll()
            return
        if time.monotonic() - began > _LIVED_SECONDS:
            self._backoff.reset()
        self._service.turn()
        self._rest(0.0)

    def _poll(self) -> None:
        until = time.monotonic() + _POLLED_SECONDS
        while time.monotonic() < until and not self._client.stopping.is_set():
            asked_at = time.monotonic()
            if self._fetch(wait=_LONG_POLL_SECONDS):
                continue
            if time.monotonic() - asked_at < _LONG_POLL_SECONDS / 2:
                self._client.stopping.wait(jittered(_POLL_SECONDS))

    def _fetch(self, *, wait: float = 0.0, seconds: float = ANSWER_SECONDS, whole: float = BODY_SECONDS) -> bool:
        """Takes what is newer; whether there was something.

        Raises:
            ServiceError: nobody answers, or nobody has what was announced.
        """
        held = self._client.held
        at_least = self._announced if self._announced > held else held + (1 if wait else 0)
        head = self._service.head(at_least=at_least, wait=wait, seconds=seconds)
        if head is None and self._announced > held:
            raise Behind(f"release {self._announced} was announced, and is not there yet", 0.2)
        if head is None or head.described["id"] <= held:
            self._note(head.digest_key if head else None)
            return False
        release = self._service.release(head, self._client.release, seconds=seconds, whole=whole)
        self._note(head.digest_key, confirmed=False)
        self._client.offer(release)
        self._client.heard()
        return True

    def _note(self, digest_key: bytes | None, *, confirmed: bool = True) -> None:
        self._client.digest_key = digest_key or self._client.digest_key
        self._backoff.reset()
        if confirmed:
            self._client.heard()

    def _rest(self, at_least: float) -> None:
        self._client.stopping.wait(max(self._backoff.next(), jittered(at_least)))
