"""The fast path: cached answers, given ahead of the framework, whose routing and injection cost ten times as much.

It admits exactly whom the guards admit, and gives exactly what the controllers give; whatever is not plain goes the
long way, errors included.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.service.runtime import Service
from app.watching.project_snapshot import CachedAnswer, ProjectSnapshot, Question
from app.web.http.disconnects import CancelOnDisconnect
from app.web.http.documents import is_known
from app.web.http.problems import ProblemError
from app.web.security.access import identify
from app.web.security.protection import encoded_headers, is_known_host

if TYPE_CHECKING:
    from app.settings import Settings

type Raw = list[tuple[bytes, bytes]]
type Message = dict[str, Any]
type Asked = tuple[str, bytes]

_ADMITTED = 1000
_CROOKED = frozenset({b"cookie", b"origin"})


class Ready(Struct, frozen=True):
    """A document with the headers of its answer, whole and unchanged."""

    document: CachedAnswer
    headers: Raw
    unchanged: Raw


class ShortPath:
    """The application, with a short way to what is ready.

    Args:
        app: the long way.

    Attributes:
        lifespan: runs the application around a block.
        state: what the application holds while it runs.
    """

    def __init__(self, app: CancelOnDisconnect) -> None:
        self._app = app
        self.lifespan = app.lifespan
        self.state = app.state
        self._number = 0
        self._ready: dict[Asked, Ready] = {}
        self._questions: Mapping[Asked, Question] = {}
        self._settings: Settings | None = None
        self._admitted: set[bytes] = set()
        self._protecting: Raw = []

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        """Answers, or hands on."""
        found = self._found(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = scope["path"]
        status, headers, body = found
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _found(self, scope: Mapping[str, Any]) -> tuple[int, Raw, bytes] | None:
        service: Service = self._app.state.service
        ready = self._look_up(service, (scope["path"], scope["query_string"]))
        if ready is None:
            return None
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) or not _CROOKED.isdisjoint(headers):
            return None
        if not self._admits(service, headers, scope.get("client")):
            return None
        stated = headers.get(b"if-none-match")
        if stated and is_known(stated.decode("latin-1"), ready.document.tag):
            return 304, ready.unchanged, b""
        return 200, ready.headers, ready.document.body

    def _look_up(self, service: Service, asked: Asked) -> Ready | None:
        picture = service.live.picture
        if picture.number != self._number or service.settings is not self._settings:
            self._begin(service, picture)
        if ready := self._ready.get(asked):
            return ready
        question = self._questions.get(asked)
        document = picture.kept(question) if question else None
        if document is None:
            return None
        ready = self._ready[asked] = self._with_headers(document)
        return ready

    def _begin(self, service: Service, picture: ProjectSnapshot) -> None:
        """Forgets what was known of another reading, or under other settings."""
        self._number, self._settings = picture.number, service.settings
        self._ready, self._admitted = {}, set()
        self._questions = dict(_questions(picture))
        self._protecting = encoded_headers(service.settings.headers)

    def _with_headers(self, document: CachedAnswer) -> Ready:
        tagged = [(b"etag", document.tag.encode()), (b"cache-control", b"private")]
        body = [(b"content-type", b"application/json"), (b"content-length", str(len(document.body)).encode())]
        return Ready(document, [*body, *tagged, *self._protecting], [*tagged, *self._protecting])

    def _admits(self, service: Service, headers: Mapping[bytes, bytes], client: tuple[str, int] | None) -> bool:
        """Whether the guards would let the request pass; whoever passed once is known by a digest."""
        host = client[0] if client else ""
        said = b"\0".join((host.encode(), *(b"%b=%b" % header for header in headers.items() if header[0] in _TELLING)))
        digest = hashlib.sha256(said).digest()
        if digest in self._admitted:
            return True
        named = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        try:
            identify(named, host or None, service.settings.auth.tokens, self._app.state.sessions).require_reader()
        except ProblemError:
            return False
        if not is_known_host(named.get("host", ""), service.settings.server):
            return False
        if len(self._admitted) < _ADMITTED:
            self._admitted.add(digest)
        return True


_TELLING = frozenset({b"host", b"authorization", b"forwarded", b"x-forwarded-for", b"x-real-ip"})
"""The headers that decide whether a request is admitted."""


def _questions(picture: ProjectSnapshot) -> list[tuple[Asked, Question]]:
    """What may be asked in so many words, and which question it is."""
    if picture.readable is None:
        return []
    workspace = picture.readable
    found: list[tuple[Asked, Question]] = [
        (("/config/environments", b""), ("environments",)),
        (("/config/matrix", b""), ("matrix",)),
        (("/config/validate", b"environment=all"), ("validate", "all")),
    ]
    for name in workspace.environments:
        asked = [b"environment=" + name.encode(), *([b""] if name == workspace.active else [])]
        if name != "all":
            found += [(("/config/validate", query), ("validate", "one", name)) for query in asked]
        found += [(("/config/values", query), ("values", name)) for query in asked]
    return found
