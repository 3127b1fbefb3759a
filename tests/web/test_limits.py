"""What one worker takes on, and what it turns away."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar, post
from patience import PATIENCE_SECONDS

from app.web.http.limits import posts_a_minute

LIMITS = "[default.server]\n{}\n"
OPERATORS = "".join(
    f'[[default.auth.tokens]]\nname = "{name}"\nrole = "operator"\n'
    f'sha256 = "{hashlib.sha256(f"canary-{name}".encode()).hexdigest()}"\n'
    for name in ("one", "two")
)

type Message = dict[str, Any]


async def never() -> Message:
    """A caller of whom nothing more is heard."""
    await asyncio.Event().wait()
    raise AssertionError


async def raw(
    client: Any, method: str, path: str, receive: Callable[[], Awaitable[Message]], began: asyncio.Event
) -> list[Message]:
    """What the application sends for one request, as the server would see it."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        began.set()

    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "scheme": "http",
             "server": ("127.0.0.1", 8000), "http_version": "1.1", "asgi": {"version": "3.0"}}  # fmt: skip
    await client.app(scope, receive, send)
    return sent


async def test_beyond_so_many_posts_a_minute_a_caller_is_turned_away_and_reading_goes_on(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("posts_per_minute = 3")})
    async with ask(home.root) as client:
        answers = [await client.post("/session", json={"token": "canary-x"}) for _ in range(5)]
        reading = await client.get("/config/database/status")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json()["code"] == "too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert "3 such requests a minute" in answers[-1].json()["detail"]
    assert reading.status_code == 200


async def test_what_somebody_makes_up_gives_no_count_of_its_own(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("posts_per_minute = 3") + OPERATORS})
    made_up = [{name: f"{value}{number}"} for number in range(3)
               for name, value in (("Cookie", "assay_session=x"), ("Authorization", "Bearer canary-"))]  # fmt: skip
    async with ask(home.root) as client:
        signing = [await client.post("/session/", json={"token": "canary-x"}, headers=said) for said in made_up]
    async with ask(home.root) as client:
        probing = [await client.post("/config/database/test", json={}, headers=said) for said in made_up]
    assert [answer.status_code for answer in signing] == [401, 401, 401, 429, 429, 429]
    assert [answer.status_code for answer in probing] == [401, 401, 401, 429, 429, 429]


async def test_a_known_token_does_not_sign_in_more_often_than_an_address_may(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("posts_per_minute = 2") + OPERATORS})
    async with ask(home.root) as client:
        answers = [
            await client.post(
                "/session", json={"token": "canary-x"}, headers={"Authorization": f"Bearer canary-{name}"}
            )
            for name in ("one", "two", "one")
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_whoever_is_known_has_a_count_of_their_own(own: Any, ask: Any) -> None:
    """And the same one by the token and by a session, of which anybody can begin many."""
    home = own({"settings.toml": LIMITS.format("posts_per_minute = 2") + OPERATORS})

    async def probe(client: Any, **said: str) -> int:
        answer = await client.post("/config/database/test", json={"hots": "x"}, headers=said)
        return int(answer.status_code)

    async with ask(home.root) as client:
        nobody = [await probe(client) for _ in range(3)]
        one = [await probe(client, Authorization="Bearer canary-one") for _ in range(2)]
    async with ask(home.root) as client:
        signed = await client.post("/session", json={"token": "canary-one"})
        session = [await probe(client, **{"X-CSRF-Token": signed.json()["csrf"]}) for _ in range(2)]
        client.cookies.clear()
        same, other = [await probe(client, Authorization=f"Bearer canary-{name}") for name in ("one", "two")]
    assert (nobody, one) == ([401, 401, 429], [422, 422])
    assert (session, same, other) == ([422, 422], 429, 422)


async def test_whoever_stays_away_is_forgotten() -> None:
    @post("/session", sync_to_thread=False)
    def sign_in() -> None: ...

    app = Litestar([sign_in], middleware=[posts_a_minute(1000).middleware], logging_config=None)
    store = app.stores.get("rate_limit")
    await store.set("away", "long since", expires_in=-1)
    await store.set("here", "just now", expires_in=60)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        for _ in range(100):
            await client.post("/session")
    assert (await store.exists("away"), await store.exists("here")) == (False, True)


async def test_beyond_so_many_at_once_requests_are_turned_away_but_for_the_sign_of_life(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("max_concurrent_requests = 1")})
    async with ask(home.root) as client, asyncio.timeout(PATIENCE_SECONDS):
        began = asyncio.Event()

        async def waiting() -> Message:
            began.set()
            return await never()

        posting = asyncio.create_task(raw(client, "POST", "/config/database/test", waiting, asyncio.Event()))
        await began.wait()
        refused, live = await client.get("/config/values"), await client.get("/health/live")
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
        again = await client.get("/config/values")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "overloaded", "1")
    assert refused.headers["x-frame-options"] == "DENY"
    assert (live.status_code, again.status_code) == (200, 200)


async def test_a_body_that_does_not_come_is_not_waited_for(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("body_timeout = 0.05")})
    async with ask(home.root) as client, asyncio.timeout(PATIENCE_SECONDS):
        sent = await raw(client, "POST", "/config/database/test", never, asyncio.Event())
    assert sent[0]["status"] == 408
    assert b"body-timeout" in sent[1]["body"]


FEW = "max_streams_per_caller = 2\nmax_streams = 3\nmax_concurrent_requests = 2"


async def test_one_callers_streams_end_at_his_limit_and_nobody_else_notices(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format(FEW) + OPERATORS})
    async with ask(home.root) as client, streams(client) as opened:
        answers = [await opened(name) for name in ("one", "one", "one", "two", "two")]
        token = {"Authorization": "Bearer canary-two"}
        assert (await client.get("/config/environments", headers=token)).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200
    assert [status for status, _ in answers] == [200, 200, 503, 200, 503]
    assert [dict(headers).get(b"retry-after") for _, headers in answers] == [None, None, b"5", None, b"5"]


async def test_streams_that_have_ended_make_room_and_a_slash_more_is_no_other_stream(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("max_streams_per_caller = 1") + OPERATORS})
    async with ask(home.root) as client:
        for _ in range(2):
            async with streams(client) as opened:
                assert (await opened("one"))[0] == 200
                assert (await opened("one", "/events/"))[0] == 503


@asynccontextmanager
async def streams(client: Any) -> AsyncIterator[Callable[..., Awaitable[tuple[int, Any]]]]:
    """Opens streams, which stay open until the end; each gives the answer's status and headers."""
    tasks: list[asyncio.Task[None]] = []

    async def opened(token: str, path: str = "/events") -> tuple[int, Any]:
        began: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            return asked.pop() if asked else await never()

        async def send(message: Message) -> None:
            if not began.done():
                began.set_result(message)

        headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer canary-{token}".encode())]
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": headers, "client": ("127.0.0.1", 1), "scheme": "http", "server": ("127.0.0.1", 8000),
                 "http_version": "1.1", "asgi": {"version": "3.0"}, "root_path": ""}  # fmt: skip
        tasks.append(asyncio.create_task(client.app(scope, receive, send)))
        first = await began
        return first["status"], first["headers"]

    try:
        yield opened
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
