"""HTTP/1.1 to one address of the service, on one connection that is used again (RFC 9112).

The standard library's client is enough for it, so that the package pins nothing that an application pins, too.
Redirects are not followed: the token goes to the addresses that were configured, and nowhere else.
"""

import contextlib
import http.client
import json
import os
import re
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from assay_client.deadline import Deadline, TimedResponse
from assay_client.errors import Behind, Refused, ServiceError, Unreachable

_MOST_BYTES = 64 * 1024 * 1024
_PIECE = 64 * 1024
_BUSY = frozenset({429, 502, 503, 504})
_CODE = re.compile("[a-z-]{1,60}")
_DEFAULT_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 60.0
_BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    Attributes:
        status: 2xx or 304.
        headers: by their names in lower case.
        body: its bytes, unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Stream:
    """An answer that goes on, line by line."""

    def __init__(self, response: http.client.HTTPResponse, deadline: Deadline, seconds: float) -> None:
        self._response, self._deadline, self._seconds = response, deadline, seconds

    def header(self, name: str) -> str:
        """What a header says; empty where it is not there."""
        return self._response.getheader(name, "")

    def be_patient(self, seconds: float) -> None:
        """From now on a line may take so many seconds."""
        self._seconds = seconds

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line, with its end; empty at the end of all.

        Raises:
            OSError: it is not there in time.
        """
        self._deadline.begin(self._seconds, self._seconds)
        return self._response.readline(limit)


class Connection:
    """A connection to one address; one thread uses it, and any other may break it off."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path
        self._headers = {"User-Agent": "assay-client", "Accept-Encoding": "gzip"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._http: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None
        self._deadline = Deadline()
        self._broken_off = False
        self.name = f"{self._host}:{self._port or ('443' if self._tls else '80')}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        whole: float | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """One request and its whole answer.

        Args:
            method: `GET` or `POST`.
            path: behind the address's own, with its query.
            seconds: how long it may say nothing.
            whole: how long all of it may take; None: as long.
            body: what is sent.
            headers: further ones; `_` stands for `-`.

        Raises:
            Unreachable: no answer in time.
            Behind: the replica has no place, or not what it is asked for.
            Refused: any other status than 2xx and 304.
        """
        try:
            response = self._respond(method, path, (seconds, whole or seconds), body, headers)
            content = self._read(response)
        except _BROKEN as error:
            self.close()
            raise Unreachable(f"{self.name}: {_reason(error)}") from error
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            _unpacked(response, content),
        )
        self._judge(answer, path)
        return answer

    def stream(self, path: str, *, seconds: float, **headers: str) -> Stream:
        """An answer that goes on; reading raises OSError where a line is not there within so many seconds.

        Raises:
            Unreachable, Behind, Refused: as `ask` does.
        """
        try:
            accepted = {"Accept": "text/event-stream", **headers}
            response = self._respond("GET", path, (seconds, seconds), None, accepted)
            if response.status != http.HTTPStatus.OK:
                content = self._read(response)
                self._judge(Answer(response.status, dict(response.getheaders()), content), path)
        except _BROKEN as error:
            self.close()
            raise Unreachable(f"{self.name}: {_reason(error)}") from error
        return Stream(response, self._deadline, seconds)

    def break_off(self) -> None:
        """Ends what another thread is waiting for, now and from now on."""
        self._broken_off = True
        connected = self._socket
        if connected:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets the connection go; the next request makes another."""
        for part in (self._response, self._http):
            if part:
                part.close()
        self._response = self._http = self._socket = None

    def let_go(self) -> None:
        """Closes a connection that a fork brought along, without a word to the other end, which is the parent's."""
        if self._socket:
            with contextlib.suppress(OSError):
                os.close(self._socket.detach())  # the thread that read from it is gone, and its reader never lets go
        self._response = self._http = self._socket = None

    def _respond(
        self, method: str, path: str, seconds: tuple[float, float], body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        used = self._http is not None
        try:
            return self._send(method, path, seconds, body, headers)
        except (ConnectionError, http.client.BadStatusLine):
            self.close()
            if not used:
                raise
        return self._send(method, path, seconds, body, headers)  # the service had let go of a connection at rest

    def _send(
        self, method: str, path: str, seconds: tuple[float, float], body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        silence, whole = seconds
        if self._http is None:
            kind = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
            self._http = kind(self._host, self._port, timeout=max(silence, 0.01))
            self._http.response_class = partial(TimedResponse, self._deadline)  # type: ignore[assignment]  # makes one
        elif self._http.sock:
            self._http.sock.settimeout(max(silence, 0.01))
        if self._http.sock is None:
            self._http.connect()
        self._socket = self._http.sock  # from now on a fork, and whoever breaks it off, finds it
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._http.request(method, self._path + path, body=body, headers={**self._headers, **named})
        if self._broken_off:
            raise ConnectionAbortedError("closed")
        self._deadline.begin(silence, whole)
        self._response = self._http.getresponse()
        return self._response

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        pieces, size = [], 0
        while piece := response.read1(_PIECE):  # as it comes: `read` would wait for all of it, byte by byte
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_BYTES:
                raise http.client.HTTPException(f"an answer of more than {_MOST_BYTES} bytes")
            self._deadline.left()
        response.close()  # all of it was read: the connection may be used again
        return b"".join(pieces)

    def _judge(self, answer: Answer, path: str) -> None:
        status = answer.status
        if status == http.HTTPStatus.NOT_MODIFIED or http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES:
            return
        code = _code(answer.body)
        message = f"{self.name} answers {path.partition('?')[0]} with {status}{code and f' ({code})'}"
        if status in _BUSY:
            raise Behind(message, _retry_after(answer.headers))
        raise Refused(message, status, code)


def _unpacked(response: http.client.HTTPResponse, content: bytes) -> bytes:
    if response.getheader("Content-Encoding", "").lower() != "gzip" or not content:
        return content
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(content, _MOST_BYTES)
    except zlib.error as error:
        raise ServiceError("An answer cannot be unpacked.") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ServiceError(f"An answer unpacks to more than {_MOST_BYTES} bytes, or is cut off.")
    return unpacked


def _code(content: bytes) -> str:
    """What the service calls a problem (RFC 9457); empty where it is none of its own."""
    try:
        code = json.loads(content).get("code")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds (RFC 9110, 10.2.3); a date is taken for the default."""
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(float(text), _LONGEST_RETRY_SECONDS) if text.strip().isdecimal() else _DEFAULT_RETRY_SECONDS


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
