"""What is told of releases and instances holds no secret of the project, wherever somebody has written one."""

import asyncio
import hashlib
from typing import Any

import pytest
from delivered import BEARER, FILES, HEAD, client_token, environ_of
from projects import MakeProject, ProjectFolder

from app.database.target import Target

SECRET = "canary-in-the-secrets-file"
OPERATES = "canary-operator-token"
OPERATOR = {"Authorization": f"Bearer {OPERATES}"}


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project({**FILES, ".secrets.toml": f'[production]\npassword = "{SECRET}"\n'})


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    operator = f'{{name="ada", role="operator", sha256="{hashlib.sha256(OPERATES.encode()).hexdigest()}"}}'
    return {**environ_of(migrated), "ASSAY_AUTH__TOKENS": f"[{client_token('production')}, {operator}]"}


async def test_a_secret_in_a_message_is_written_nowhere(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    asked = {"environment": "production", "message": f"as {SECRET} says"}
    async with ask(orders.root, environ) as client:
        first = await client.post("/releases", json=asked, headers=OPERATOR)
        head = await client.get(HEAD, params={"wait": 60}, headers=BEARER)
        second = await client.post("/releases", json=asked, headers=OPERATOR)
        back = await client.post(
            f"/releases/{first.json()['id']}/rollback", json={"message": f"{SECRET} was better"}, headers=OPERATOR
        )
    told = [one.json()["message"] for one in (first, head, second, back)]
    assert told == ["as *** says", "as *** says", "as *** says", "*** was better"]


async def test_an_instance_named_by_a_secret_or_by_what_steers_a_terminal_is_told_harmlessly(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        for name in (SECRET, "web\r\nX-Forged: 1", "\x1b[31mred", "nul\0byte"):
            said = {"name": name, "host": name, "environment": "production", "digests": {f"{name}.port": "0" * 64}}
            answer = await client.post(
                "/instances", json={**said, "started_at": "2026-07-01T11:00:00+00:00"}, headers=BEARER
            )
            assert answer.status_code == 204
        answer = await client.get("/instances", headers=OPERATOR)
    (hidden,) = [one for one in answer.json()["instances"] if "***" in one["name"]]
    assert (hidden["name"], hidden["host"], [one["key"] for one in hidden["differs"]]) == ("***", "***", ["***.port"])
    assert SECRET not in answer.text
    ran = await asyncio.to_thread(orders.assay, "instances", **environ)
    assert SECRET not in ran.out
    assert not {"\x1b", "\r", "\0"} & set(ran.out)
    assert "\nX-Forged" not in ran.out
