"""Tells the service what this process runs with, and asks another address whether there is something newer.

The second is the guarantee behind the stream: a replica that is cut off from the database would otherwise keep its
listeners content with what it has.
"""

from __future__ import annotations

import logging
import random
import socket
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from assay_client import effective
from assay_client.backoff import jittered
from assay_client.errors import Refused, ServiceError
from assay_client.service import Service

if TYPE_CHECKING:
    from assay_client.client import Client

INTERVAL_SECONDS = 30.0
_FIRST_SECONDS = 2.0
_REPORTS_SHARE = 20
"""A report costs the service so many times what a body does, so reports of a change take so many times as long."""

_PROVING_SECONDS = 1.0
"""A process that a release kept from starting is gone by then, and its release is not the last good one."""

logger = logging.getLogger("assay_client")


class Reporter:
    """A thread that reports at the start, at each change and every half minute."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._service = Service(client.configuration, client.environment)
        self._hurried = threading.Event()
        self._refusal = ""
        self._thread = threading.Thread(target=self._run, name="assay-client-reporter", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def hurry(self) -> None:
        """Reports now rather than at the end of the interval."""
        self._hurried.set()

    def stop(self, seconds: float) -> None:
        """Ends it, and waits so long that it has."""
        self._service.break_off()
        self.hurry()
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def let_go(self) -> None:
        """In the child of a fork: closes what it brought along."""
        self._service.let_go()

    def _run(self) -> None:
        client = self._client
        try:
            hurried = self._hurried.wait(_FIRST_SECONDS)
            while not client.stopping.wait(_spread(client.jitter) if hurried else 0.0):
                self._hurried.clear()
                client.targets.settled(client.stopping)
                self._report(elsewhere=not hurried)
                if not client.save() and not self._hurried.wait(_PROVING_SECONDS):
                    client.save(proved=True)
                hurried = client.stopping.is_set() or self._hurried.wait(jittered(INTERVAL_SECONDS))
        finally:
            self._service.close()

    def _report(self, *, elsewhere: bool) -> None:
        try:
            if elsewhere or not self._client.digest_key:
                self._look_elsewhere()
            self._service.tell(self._instance())
            self._refusal = ""
        except Refused as error:
            if str(error) != self._refusal:  # asking again does not change it, and nobody reads it twice
                logger.warning("not reported: %s", error)
            self._refusal = str(error)
        except ServiceError as error:
            logger.debug("not reported: %s", error)
        except BaseException as error:  # noqa: BLE001 - the guarantee behind the stream must not die
            logger.warning("not reported: %s", type(error).__name__)

    def _look_elsewhere(self) -> None:
        client = self._client
        self._service.turn()
        head = self._service.head()
        if head is None:
            return
        client.digest_key = head.digest_key or client.digest_key
        if client.follows and head.described["id"] > client.held:
            client.offer(self._service.release(head, client.release))

    def _instance(self) -> dict[str, Any]:
        client = self._client
        values = client.values()
        return {
            "name": client.configuration.instance_name(),
            "host": socket.gethostname(),
            "environment": client.environment,
            "started_at": datetime.fromtimestamp(client.started_at, timezone.utc).isoformat(),
            "release": client.release.id if client.release else None,
            "digests": effective.digests(values, client.digest_key) if client.digest_key else {},
        }


def _spread(jitter: float) -> float:
    """Seconds that a report of a change waits, where so many clients change that they spread over so many seconds.

    It comes behind the bodies, which are what everybody waits for.
    """
    return min(jitter + random.uniform(0, _REPORTS_SHARE * jitter), INTERVAL_SECONDS)  # noqa: S311 - spreads load
