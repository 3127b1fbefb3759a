"""The service's routes at all of its addresses, for one thread.

The address that answered last is asked first; one that has no place or nothing new rests as long as it says.
"""

import base64
import binascii
import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from assay_client.configuration import Configuration
from assay_client.errors import Behind, Refused, ServiceError, Unreachable
from assay_client.event_stream import Announced, announcements
from assay_client.release import Release, assert_version, is_description
from assay_client.transport import Connection

SILENCE_SECONDS = 45.0
"""How long a stream may say nothing, not even that it is alive, where it does not say how often it does."""

_BEATS = 2.5
"""So many times the while between two signs of life may pass without one: a busy service is late now and then."""

_SHORTEST_SILENCE_SECONDS = 5.0
BODY_SECONDS = 60.0
"""How long a body may take, as long as something of it comes."""

ANSWER_SECONDS = 5.0
_NOT_FOUND = 404
_NO_PROJECT = "project-unknown"
_NO_PATH = frozenset({"", "not-found"})
"""How a 404 is called where the path itself is not known; any other is about what stands in it."""

_NO_CONTENT = 204

Result = TypeVar("Result")


@dataclass(frozen=True)
class Head:
    """What is released now.

    Attributes:
        described: the release, as the service describes it.
        digest_key: what digests of effective values are made with, where the service says it.
    """

    described: Mapping[str, Any]
    digest_key: bytes | None


class Service:
    """One environment of one project, at the addresses of one service.

    A service has each project below `/projects/NAME`; an older one that has not is asked without the name.
    """

    def __init__(self, configuration: Configuration, environment: str) -> None:
        self._addresses = [Connection(url, configuration.token) for url in configuration.urls]
        self._streams = {
            id(asked): Connection(url, configuration.token)
            for asked, url in zip(self._addresses, configuration.urls, strict=True)
        }
        random.shuffle(self._addresses)  # the clients spread over the replicas
        self._resting: dict[int, float] = {}
        self._project = configuration.project
        named = f"/projects/{quote(configuration.project, safe='')}" if configuration.project else ""
        self._places = (named, "") if named else ("",)
        self._place = named
        self._environment = quote(environment, safe="")

    def head(self, *, at_least: int = 0, wait: float = 0.0, seconds: float = ANSWER_SECONDS) -> Head | None:
        """The newest release, if its id is not lower than `at_least`.

        Args:
            at_least: 0: whatever there is.
            wait: seconds that the service may wait for such a release.
            seconds: how long one address may take beside that.

        Returns:
            None where there is none (yet).

        Raises:
            ServiceError: no address has an answer.
        """
        query = f"?after={at_least - 1}&wait={wait:g}" if at_least > 0 else ""

        def ask(address: Connection) -> Head | None:
            answer = address.ask("GET", f"{self._releases}/head{query}", seconds=seconds + wait)
            head = None if answer.status == _NO_CONTENT else _head(answer.body)
            self._require(head, address, at_least)
            return head

        try:
            return self._placed(ask)
        except Refused as error:
            if error.status != _NOT_FOUND or error.code == _NO_PROJECT:
                raise
            return None

    def release(
        self, head: Head, known: Release | None, *, seconds: float = ANSWER_SECONDS, whole: float = BODY_SECONDS
    ) -> Release:
        """The release that a head describes, with its body, which is only fetched if it is another than the known one.

        Args:
            head: describes it.
            known: the one at hand.
            seconds: how long one address may say nothing.
            whole: how long it may take for all of the body.

        Raises:
            ServiceError: no address has it, or it is not what its digest says.
        """
        digest = str(head.described["digest"])
        if known and known.digest == digest:
            return Release(head.described, known.body)
        path = f"{self._releases}/body/{quote(digest, safe=':')}"
        return self._first(
            lambda address: Release(head.described, address.ask("GET", path, seconds=seconds, whole=whole).body)
        )

    def announcements(self, after: int) -> Iterator[Announced | None]:
        """What the stream of the first address that has a place says, until it ends; None: it is alive.

        Raises:
            ServiceError: no address gives a stream, or it broke.
        """
        headers = {"Last_Event_ID": str(after)} if after else {}

        def open_stream(address: Connection) -> Iterator[Announced | None]:
            stream = self._streams[id(address)].stream(f"{self._releases}/events", seconds=ANSWER_SECONDS, **headers)
            stream.be_patient(_silence(stream.header("X-Beat-Seconds")))
            return announcements(stream)

        lines = self._first(open_stream)
        yield None
        try:
            yield from lines
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.turn()  # an address that says nothing any more is asked last
            raise Unreachable(f"The stream broke: {type(error).__name__}") from error
        finally:
            for stream in self._streams.values():
                stream.close()

    def tell(self, instance: Mapping[str, object]) -> None:
        """Reports an instance.

        Raises:
            ServiceError: nobody takes it.
        """
        body = json.dumps(instance, ensure_ascii=False).encode()
        self._placed(
            lambda address: address.ask(
                "POST", f"{self._place}/instances", seconds=ANSWER_SECONDS, body=body, Content_Type="application/json"
            )
        )

    def turn(self) -> None:
        """From now on another address is asked first."""
        self._addresses.append(self._addresses.pop(0))

    def break_off(self) -> None:
        """Ends whatever a thread is waiting for here, for good."""
        for connection in (*self._addresses, *self._streams.values()):
            connection.break_off()

    def close(self) -> None:
        """Closes every connection."""
        for connection in (*self._addresses, *self._streams.values()):
            connection.close()

    def let_go(self) -> None:
        """Closes what a fork brought along."""
        for connection in (*self._addresses, *self._streams.values()):
            connection.let_go()

    @property
    def _releases(self) -> str:
        return f"{self._place}/releases/{self._environment}"

    def _require(self, head: Head | None, address: Connection, at_least: int) -> None:
        if head is None:
            return
        if head.described["id"] < at_least:
            raise Behind(f"{address.name} does not have release {at_least} yet", 1.0)
        assert_version(head.described, f"The head at {address.name}")
        environment = str(head.described["environment"])
        if quote(environment.lower(), safe="") != self._environment:
            raise ServiceError(f"{address.name} delivers the environment {environment}, which was not asked for")
        project = str(head.described["project"])
        if self._project and project != self._project:
            raise ServiceError(f"{address.name} delivers the project {project}, not {self._project}: set ASSAY_PROJECT")

    def _placed(self, ask: Callable[[Connection], Result]) -> Result:
        """The first address's result, below the project's own path, or without it where that is not known.

        Each address is asked both: one that does not answer must not hide what another says of the path.
        """
        *others, last = self._places

        def ask_at_places(address: Connection) -> Result:
            for place in others:
                self._place = place
                try:
                    result = ask(address)
                except Refused as error:
                    if error.status != _NOT_FOUND or error.code not in _NO_PATH:
                        raise
                else:
                    self._places = (place,)
                    return result
            self._place = last
            result = ask(address)
            self._places = (last,)
            return result

        return self._first(ask_at_places)

    def _first(self, ask: Callable[[Connection], Result]) -> Result:
        """The first address's result; the one that gave it stays first."""
        failures: list[ServiceError] = []
        now = time.monotonic()
        awake = [address for address in self._addresses if self._resting.get(id(address), 0.0) <= now]
        for address in awake or list(self._addresses):
            try:
                result = ask(address)
            except ServiceError as error:
                failures.append(error)
                if isinstance(error, Behind):
                    self._resting[id(address)] = time.monotonic() + error.retry_after
                continue
            self._addresses.remove(address)
            self._addresses.insert(0, address)
            return result
        raise _worst(failures)


def _silence(stated: str) -> float:
    """How many seconds a stream may say nothing that says how often it gives a sign of life."""
    try:
        beat = float(stated)
    except ValueError:
        return SILENCE_SECONDS
    return min(max(_BEATS * beat, _SHORTEST_SILENCE_SECONDS), SILENCE_SECONDS) if beat > 0 else SILENCE_SECONDS


def _worst(failures: list[ServiceError]) -> ServiceError:
    """What to tell of several: what asking again may mend, then what is an answer, then that there was none."""
    for kind in (Behind, Refused, Unreachable, ServiceError):
        for failure in failures:
            if isinstance(failure, kind):
                return failure
    return Unreachable("no address is configured")


def _head(body: bytes) -> Head:
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ServiceError("The head is no JSON.") from error
    if not is_description(said):
        raise ServiceError("The head is no release.")
    try:
        key = base64.b64decode(said.get("digest_key") or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        key = b""
    return Head(said, key or None)
