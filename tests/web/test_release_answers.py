"""/releases over REST: the command line's documents, and who may change what instances are to run with."""

import asyncio
import hashlib
from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from remembered import variables

from app.database.target import Target

ASSAY = 'merge_enabled = true\nknown_environments = ["development", "production"]\n'
SETTINGS = '[default]\nport = 8000\n[production]\nname = "orders"\n'
SECRETS = '[production]\npassword = "canary-in-the-secrets-file"\n'
TOKENS = {"ada": "operator", "bob": "operator", "eve": "viewer"}


def listed(environment: str = "production") -> str:
    tokens = [
        f'{{name="{name}", role="{role}", sha256="{hashlib.sha256(name.encode()).hexdigest()}"}}'
        for name, role in TOKENS.items()
    ]
    client = f'environments=["{environment}"], sha256="{hashlib.sha256(b"runs").hexdigest()}"'
    return f"[{', '.join([*tokens, f'{{name="runs", role="client", {client}}}'])}]"


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project({"assay.toml": ASSAY, "settings.toml": SETTINGS, ".secrets.toml": SECRETS})


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    return {**variables(migrated), "ASSAY_AUTH__TOKENS": listed()}


async def make(client: Any, name: str = "ada", **fields: Any) -> Any:
    return await client.post("/releases", json={"environment": "production", **fields}, headers=bearer(name))


async def changed(orders: ProjectFolder, client: Any, port: int) -> str:
    """Another port; the fingerprint of production with it."""
    number = client.service.live.picture.number
    orders.write({"settings.toml": SETTINGS.replace("8000", str(port))})
    await client.service.live.newer(number)
    return await fingerprint(client)


async def fingerprint(client: Any) -> str:
    found = (await client.get("/config/validate?environment=production", headers=bearer("eve"))).json()
    told: str = found["environments"][0]["fingerprint"]
    return told


async def test_a_release_is_made_listed_and_shown(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        made = await make(client, message="first")
        assert (made.status_code, made.json()["author"], made.json()["state"]) == (201, "ada", "head")
        assert made.json()["supplied"] == ["password"]
        assert (await client.get("/releases/1", headers=bearer("eve"))).json() == made.json()
        found = (await client.get("/releases?environment=production", headers=bearer("eve"))).json()
        assert found == {"version": 1, "releases": [made.json()], "next": None}


async def test_whoever_releases_finds_the_release_delivered(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        for path in ("", "", "/1/rollback"):
            made = await (client.post(f"/releases{path}", headers=bearer("ada")) if path else make(client))
            head = await client.get("/releases/production/head", headers=bearer("ada"))
            assert (head.status_code, head.json().get("id")) == (200, made.json()["id"])


async def test_rest_and_the_command_line_give_the_same_bytes(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        for port in (8000, 9000):
            await changed(orders, client, port)
            await make(client)
        asked = {"": "list", "/1": "show 1", "/1/diff/2": "diff 1 2", "?limit=1": "list --limit 1"}
        for path, call in asked.items():
            answer = await client.get(f"/releases{path}", headers=bearer("eve"))
            ran = await asyncio.to_thread(orders.assay, "release", *call.split(), "--format", "json", **environ)
            assert ran.out.strip() == answer.text, path


async def test_a_dry_run_releases_nothing(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        found = await make(client, dry_run=True)
        assert (found.status_code, found.json()["head"], len(found.json()["changes"])) == (200, None, 2)
        assert (await client.get("/releases", headers=bearer("eve"))).json()["releases"] == []
        made = await make(client, expect=found.json()["fingerprint"])
        assert made.json()["digest"] == found.json()["digest"]


async def test_errors_are_422_with_the_findings(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    orders.write({"settings.toml": SETTINGS + "debug = true\n"})
    async with ask(orders.root, environ) as client:
        refused = await make(client)
        assert (refused.status_code, refused.json()["code"]) == (422, "release-refused")
        assert [one["rule"] for one in refused.json()["findings"] if one["severity"] == "error"] == ["APP001"]
        assert (await client.get("/releases", headers=bearer("eve"))).json()["releases"] == []
        for nothing in ("", "  ", "\n\t", "\u200b", "\u00a0"):
            blank = await make(client, force=nothing)
            assert (blank.status_code, blank.json()["code"]) == (400, "argument-invalid")
        assert (await make(client, force="a night of debugging")).json()["forced"] == "a night of debugging"


async def test_of_two_who_release_what_they_saw_one_is_told_what_changed(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        await make(client)
        seen = await changed(orders, client, 9000)
        answers = await asyncio.gather(*(make(client, name, expect=seen) for name in ("ada", "bob")))
        (made,) = [one for one in answers if one.status_code == 201]
        (lost,) = [one for one in answers if one.status_code == 409]
        assert (lost.json()["code"], lost.json()["head"]) == ("release-conflict", made.json()["id"])
        assert len((await client.get("/releases", headers=bearer("eve"))).json()["releases"]) == 2


async def test_whoever_was_not_first_is_told_what_the_first_changed(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ask(orders.root, environ) as client:
        await make(client)
        await changed(orders, client, 9000)
        publish, met = _publish(), asyncio.Barrier(2)

        async def together(*arguments: Any) -> Any:
            await met.wait()
            return await publish(*arguments)

        monkeypatch.setattr("app.service.releasing.releases.publish", together)
        answers = await asyncio.gather(*(make(client, name) for name in ("ada", "bob")))
        (lost,) = [one for one in answers if one.status_code == 409]
        (change,) = lost.json()["changes"]
        assert (change["key"], change["left"]["value"], change["right"]["value"]) == ("port", 8000, 9000)


def _publish() -> Any:
    from app.service.releasing import releases  # noqa: PLC0415

    return releases.publish


@pytest.mark.parametrize("expect", ["sha256:0", "the head before"])
async def test_what_is_not_as_expected_is_409(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, expect: str
) -> None:
    async with ask(orders.root, environ) as client:
        first = (await make(client)).json()
        await changed(orders, client, 9000)
        assert (await make(client, expect=first["digest"])).status_code == 201
        assert (await make(client, expect=first["digest"] if expect != "sha256:0" else expect)).status_code == 409


async def test_a_dry_run_is_refused_where_the_release_would_be_for_what_is_expected_or_said(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        first = (await make(client)).json()
        seen = await changed(orders, client, 9000)
        for expect, status in (("sha256:0", 409), (first["fingerprint"], 409), (seen, 200), (first["digest"], 200)):
            tried = await make(client, expect=expect, dry_run=True)
            assert (tried.status_code, tried.json().get("code")) == (
                status,
                "release-conflict" if status > 200 else None,
            )
        assert (await make(client, dry_run=True, force=" ")).status_code == 400
        assert len((await client.get("/releases", headers=bearer("eve"))).json()["releases"]) == 1


async def test_a_rollback_and_an_approval(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, {**environ, "ASSAY_RELEASES__APPROVALS": "1"}) as client:
        ids = []
        for port in (8000, 9000):
            await changed(orders, client, port)
            waiting = await make(client)
            assert (waiting.status_code, waiting.json()["state"]) == (201, "waiting")
            ids.append(waiting.json()["id"])
            own = await client.post(f"/releases/{ids[-1]}/approve", headers=bearer("ada"))
            assert (own.status_code, own.json()["code"]) == (403, "approval-refused")
            found = await client.post(f"/releases/{ids[-1]}/approve", headers=bearer("bob"))
            assert (found.status_code, found.json()["state"], found.json()["approved_by"]) == (200, "head", ["bob"])
        back = await client.post(f"/releases/{ids[0]}/rollback", json={"message": "slow"}, headers=bearer("ada"))
        assert (back.status_code, back.json()["state"], back.json()["rolled_back_from"]) == (201, "head", ids[1])
        again = await client.post(f"/releases/{back.json()['id']}/rollback", headers=bearer("ada"))
        assert again.status_code == 409


@pytest.mark.parametrize("path", ["/releases", "/releases/1/rollback", "/releases/1/approve"])
@pytest.mark.parametrize("name", ["eve", "runs"])
async def test_operators_alone_change_what_is_released(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, path: str, name: str
) -> None:
    async with ask(orders.root, environ) as client:
        await make(client)
        refused = await client.post(path, json={"environment": "production"}, headers=bearer(name))
        assert refused.status_code == 403
        assert len((await client.get("/releases", headers=bearer("ada"))).json()["releases"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        (b"{", 400, None),
        (b"{}", 422, "environment"),
        (b'{"environment": 1}', 422, "environment"),
        (b'{"environment": "production", "mesage": "x"}', 422, "mesage"),
        (b'{"environment": "prodution"}', 404, None),
        (b"[]", 422, ""),
    ],
)
async def test_a_body_that_asks_for_nothing_names_the_field(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, body: bytes, status: int, key: str | None
) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.post("/releases", content=body, headers=bearer("ada"))
    assert answer.status_code == status
    assert [one["key"] for one in answer.json().get("errors", [])] == ([] if key is None else [key])


@pytest.mark.parametrize("path", ["/releases/7", "/releases/now", "/releases/1/diff/7", "/releases/" + "9" * 30])
async def test_a_release_that_there_is_not_is_404(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, path: str
) -> None:
    async with ask(orders.root, environ) as client:
        await make(client)
        answer = await client.get(path, headers=bearer("eve"))
    assert (answer.status_code, answer.json()["code"]) == (404, "release-unknown")


async def test_without_a_database_there_are_no_releases(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root) as client:
        answer = await client.get("/releases")
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
