"""What one worker takes on, and what it turns away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

LIMITS = "[default.server]\n{}\n"

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
    assert reading.status_code == 200


async def test_beyond_so_many_at_once_requests_are_turned_away_but_for_the_sign_of_life(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("max_concurrent_requests = 1")})
    async with ask(home.root) as client, asyncio.timeout(20):
        began = asyncio.Event()
        stream = asyncio.create_task(raw(client, "GET", "/events", never, began))
        await began.wait()
        refused, live = await client.get("/config/values"), await client.get("/health/live")
        stream.cancel()
        await asyncio.gather(stream, return_exceptions=True)
        again = await client.get("/config/values")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "overloaded", "1")
    assert refused.headers["x-frame-options"] == "DENY"
    assert (live.status_code, again.status_code) == (200, 200)


async def test_a_body_that_does_not_come_is_not_waited_for(own: Any, ask: Any) -> None:
    home = own({"settings.toml": LIMITS.format("body_timeout = 0.05")})
    async with ask(home.root) as client, asyncio.timeout(10):
        sent = await raw(client, "POST", "/config/database/test", never, asyncio.Event())
    assert sent[0]["status"] == 408
    assert b"body-timeout" in sent[1]["body"]
