"""A caller who leaves in the middle of a body is no fault of the service's."""

import json
import logging
from typing import Any

import pytest


@pytest.mark.parametrize("path", ["/config/database/test", "/session"])
async def test_a_body_that_ends_too_early_is_the_callers_error(
    project: Any, ask: Any, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    coming = [{"type": "http.request", "body": b'{"host": ', "more_body": True}, {"type": "http.disconnect"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "POST",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"content-length", b"100")],
        "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    async with ask(project().root) as client:
        with caplog.at_level(logging.ERROR):
            await client.app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert json.loads(b"".join(message.get("body", b"") for message in sent))["code"] == "body-incomplete"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
