"""One service that remembers a project full of secrets: every route that answers, and the stream, show none of them.

What is logged meanwhile, and what /metrics says at the end, leaks.py searches in every test.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

from canaries import Canaries, lines
from projects import MakeProject
from remembered import KEPT, changed_once, variables

from app.database.engine import ConnectionManager
from app.database.target import Target

SECONDS = 60
VIEWS = [
    "view=overview",
    "view=matrix&key=named0",
    "view=findings",
    "view=history&key=urls0.endpoint",
    "view=database",
    "view=rules",
]


def files(canary: Canaries) -> dict[str, str]:
    return {
        "assay.toml": 'known_environments = ["development", "production"]\nmerge_enabled = true\n',
        "settings.toml": "\n".join(["[default]", *lines(canary, "default")]),
        "settings/production.toml": "\n".join(lines(canary, "production")),
        ".secrets.toml": f'[production]\nplain = "{canary()}"\n[production.plainly]\nplaced = "{canary()}"\n',
    }


def questions(described: Mapping[str, Any], filled: Mapping[str, str]) -> Iterator[str]:
    """Every GET that the service's description has, but for the streams, with its parameters."""
    for path, operations in described.items():
        if "get" in operations and not path.endswith("/events"):
            query = [one["name"] for one in operations["get"].get("parameters", ()) if one["in"] == "query"]
            asked = "&".join(f"{name}={filled[name]}" for name in query if name in filled)
            yield f"{re.sub(r'{(\w+)}', lambda found: filled.get(found[1], 'named0.password'), path)}?{asked}"


async def heard(app: Any, path: str) -> bytes:
    """What a stream says first."""
    said, left = list[bytes](), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        said.append(message.get("body", b""))
        if said[-1]:
            left.set()

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
        "path": path, "raw_path": path.encode(), "query_string": b"also=recorded", "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    async with asyncio.timeout(SECONDS):
        await app(scope, receive, send)
    return b"".join(said)


async def test_no_route_shows_a_secret_now_or_of_the_past(
    project: MakeProject, migrated: Target, manager: ConnectionManager, ask: Any
) -> None:
    canary = Canaries()
    made = project(files(canary))
    await changed_once(made, {"settings/production.toml": "\n".join(lines(canary, "production"))}, manager)
    async with ask(made.root, {**variables(migrated), **KEPT}) as client:
        described = (await client.get("/schema/openapi.json")).json()["paths"]
        listed = (await client.get("/config/history?environment=production")).json()["snapshots"]
        filled = {
            "project": made.root.name,
            "snapshot": listed[0]["id"],
            "left": listed[-1]["id"],
            "right": "now",
            "environment": "production",
            "rule": "SEC001",
            "kind": "merged",
        }
        asked = [
            *questions(described, filled),
            "/config/diff?left=development&right=production",
            *(f"/config/explain/{key}?environment=production" for key in ("urls0", "plain", "plainly", "accounts")),
            *(f"/config/history/key/{key}?environment=production" for key in ("urls0.endpoint", "plain", "accounts")),
            *(f"/?{view}" for view in VIEWS),
        ]
        answers = {path: await client.get(path) for path in asked}
        streamed = await heard(client.app, "/events")
    assert {answer.status_code for answer in answers.values()} <= {200, 400, 404, 409, 503}
    assert [path for path, answer in answers.items() if answer.status_code == 500] == []
    assert len([path for path, answer in answers.items() if answer.status_code == 200]) > len(asked) // 2
    shown = {path: canary.leaked_in(answer.text) for path, answer in answers.items()}
    assert {path: leaked for path, leaked in shown.items() if leaked} == {}
    assert b"fingerprints" in streamed
    assert canary.leaked_in(streamed.decode()) == []
