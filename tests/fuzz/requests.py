"""Requests: lines, query strings, headers and bodies, against the application itself."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import unquote

from app.web.asgi import create_app

from .command import folder
from .engine import CANARY, Target, Try
from .promises import kept

_OPTIONS = 'schema = "app.schema:Settings"\nenvvar_prefix = "ASSAY"\nmerge_enabled = true\nlists = "replace"\n'
_OPTIONS += 'known_environments = ["development", "production"]\n'
_HOME = "[default]\n[default.history]\nenabled = false\n[default.server]\nposts_per_minute = 100000\n"
_PROJECT = f'[default]\na = 1\n[default.database]\npassword = "{CANARY}"\nurl = "postgresql://127.0.0.1:1/x"\n[production]\nb = 2\n'
_FORM = b"Content-Type: application/x-www-form-urlencoded\n"
_SEEDS = (
    b"GET /config/validate?environment=all\nHost: 127.0.0.1\n\n",
    b'GET /config/explain/database.url?environment=production\nHost: 127.0.0.1\nIf-None-Match: "x", W/"y"\n\n',
    b"GET /config/diff?left=development&right=production\nHost: 127.0.0.1\n\n",
    b"GET /config/matrix\nHost: 127.0.0.1\nAccept: text/html\n\n",
    b"GET /?view=matrix&key=a&filter=x&only=all&environment=production\nHost: 127.0.0.1\nCookie: assay_session=a.1.b.c\n\n",
    b"GET /config/rules/DB001\nHost: 127.0.0.1\n\n",
    b"GET /config/schema?kind=layer\nHost: 127.0.0.1\n\n",
    b"GET /config/history?environment=a&limit=1&before=x\nHost: 127.0.0.1\n\n",
    b"GET /static/page.js?v=1\nHost: 127.0.0.1\n\n",
    b"POST /config/database/test\nHost: 127.0.0.1\nContent-Type: application/json\n\n"
    b'{"host":"127.0.0.1","port":1,"username":"u","password":"p","name":"d","tls":{"mode":"require"},"timeout_ms":1}',
    b'POST /config/database/test\nHost: 127.0.0.1\n\n{"url":"postgresql://u:p@127.0.0.1:1/x","environment":null}',
    b"POST /session\nHost: 127.0.0.1\n" + _FORM + b"\ntoken=x&next=/&leave=1&csrf=y",
    b'POST /session\nHost: 127.0.0.1\n\n{"token":"x"}',
    b"DELETE /session\nHost: 127.0.0.1\nX-CSRF-Token: x\nOrigin: http://127.0.0.1\n\n",
    b"HEAD /health\nHost: 127.0.0.1\n\n",
    b"OPTIONS /config/values\nHost: 127.0.0.1\nOrigin: http://evil.example\n\n",
)
_WORDS = (
    b"GET ", b"POST ", b"/config/", b"explain/", b"database/test", b"?environment=", b"&", b"%00", b"%2F", b"%ff", b"//",
    b"/../", b"\nHost: evil", b"\nAccept: text/html", b"\nAuthorization: Bearer x", b"\nX-Forwarded-For: 1", b"\n\n",
    b'{"environment":"production"}', b'"url":', b"null", b"[", b"{", b"limit=", b"before=", b"\nX-Assay-Fragment: main",
    b"\nContent-Length: 5", b"\nRange: bytes=0-", b"\nOrigin: null", b"key=a", b"view=history", b"view=findings",
)  # fmt: skip
_ENDLESS = "/events"


def _attempt(loop: asyncio.AbstractEventLoop, app: Any, data: bytes) -> None:
    head, _, body = data.partition(b"\n\n")
    line, *headers = head.split(b"\n")
    method, _, target = line.partition(b" ")
    path, _, query = target.partition(b"?")
    decoded = unquote(path.decode("latin-1"), errors="replace")
    if not method.isalpha() or not path.startswith(b"/") or decoded.rstrip("/").endswith(_ENDLESS):
        return  # the server refuses those, and one has no end
    pairs = [header.partition(b": ") for header in headers]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": method.decode().upper(), "path": decoded, "raw_path": target, "query_string": query,
        "headers": [(name.lower(), value) for name, _, value in pairs if name.strip()],
        "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    status, sent, answer = loop.run_until_complete(_asked(app, scope, body))
    assert 200 <= status < 500 or status == 503, f"{status}: {answer[:300]!r}"
    kept(answer.decode(errors="replace"), *(value.decode("latin-1") for _, value in sent))
    assert not any(letter in value for _, value in sent for letter in b"\r\n\0")
    kind = dict(sent).get(b"content-type", b"")
    if b"json" in kind and answer:
        said = json.loads(answer)
        assert status < 400 or {"type", "title", "status", "detail", "instance", "code"} <= said.keys()


async def _asked(app: Callable[..., Awaitable[None]], scope: Any, body: bytes) -> tuple[int, list[Any], bytes]:
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.sleep(60, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], sent[0]["headers"], answer


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """A service that remembers nothing, of a project without a secrets file."""
    with folder() as root, asyncio.Runner() as runner:
        home, project = root / "home", root / "project"
        for place, options, settings in ((home, _OPTIONS, _HOME), (project, "", _PROJECT)):
            place.mkdir()
            (place / "assay.toml").write_text(options)
            (place / "settings.toml").write_text(settings)
        app = create_app(project, home, {})
        loop, done = runner.get_loop(), asyncio.Event()
        ready: asyncio.Future[None] = loop.create_future()
        held = loop.create_task(_held(app, ready, done))
        loop.run_until_complete(asyncio.wait({held, ready}, return_when=asyncio.FIRST_COMPLETED))
        try:
            yield lambda data: _attempt(loop, app, data)
        finally:
            done.set()
            loop.run_until_complete(held)


async def _held(app: Any, ready: asyncio.Future[None], done: asyncio.Event) -> None:
    """Runs the application until it is done with; one task begins and ends it."""
    async with app.lifespan():
        ready.set_result(None)
        await done.wait()


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=600)
