"""The service's own profiles while it runs: good edits count at once, others not at all."""

import asyncio
import hashlib
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

HOSTS = "[default.server]\nallowed_hosts = [{}]\n"


PATH = "/config/explain/server.port"


async def until_status(client: Any, status: int, headers: dict[str, str], path: str = PATH) -> None:
    """Asks until the answer is another one."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get(path, headers=headers)).status_code != status:
            pass


async def test_a_good_edit_counts_at_once(own: Any, ask: Any) -> None:
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')})
    async with ask(home.root) as client:
        assert (await client.get("/config/values", headers={"Host": "other.example"})).status_code == 400
        home.write({"settings.toml": HOSTS.format('"127.0.0.1", "other.example"')})
        await until_status(client, 200, {"Host": "other.example"})


def tokens(*names: str, besides: str = "") -> dict[str, str]:
    listed = ", ".join(
        f'{{name = "{name}", role = "viewer", sha256 = "{hashlib.sha256(f"canary-{name}".encode()).hexdigest()}"}}'
        for name in names
    )
    return {"settings.toml": f"[default.auth]\ntokens = [{listed}]\n{besides}"}


async def test_a_token_that_was_taken_away_opens_nothing(own: Any, ask: Any) -> None:
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        for _ in range(2):
            assert (await client.get("/config/values", headers=bearer)).status_code == 200
        home.write(tokens("new"))
        await until_status(client, 401, bearer)
        assert (await client.get("/config/values", headers=bearer)).status_code == 401


async def test_a_wrong_edit_is_told_and_changes_nothing(own: Any, ask: Any) -> None:
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')})
    async with ask(home.root) as client:
        before = client.service.settings
        for edit in ("[default.server]\nport = 0\n", "[default.server\n"):
            async with client.change():
                home.write({"settings.toml": edit})
            report = (await client.get("/config/validate")).json()
            assert report["valid"] is False
        health = (await client.get("/health")).json()["checks"]["profiles"]
        assert client.service.settings is before
    assert health["status"] == "degraded"
    assert health["last_good_at"] < health["loaded_at"]
    assert "since" in health["message"]


async def test_a_home_apart_from_the_project_is_followed_too(own: Any, project: Any, ask: Any) -> None:
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')}, name="home")
    orders = project({"settings.toml": "[production]\nport = 1\n"}, name="orders")
    async with ask(orders.root, home=home.root) as client:
        home.write({"settings.toml": HOSTS.format('"127.0.0.1", "other.example"')})
        await until_status(client, 404, {"Host": "other.example"})


WRONG = '[development]\nheaders = ["x"]\n'
DIGITS = f"[default]\nlong = {'1' * 4301}\n"


@pytest.mark.parametrize("left", [("new",), ()])
async def test_a_token_that_was_taken_away_opens_nothing_whatever_else_is_wrong(own: Any, ask: Any, left: Any) -> None:
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        await until_status(client, 200, bearer)
        home.write(tokens(*left, besides=WRONG))
        await until_status(client, 401, bearer)
        assert (await client.get("/config/values")).status_code == 401


async def test_tokens_stay_while_a_file_cannot_be_read(own: Any, ask: Any) -> None:
    home = own(tokens("old"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        async with client.change():
            home.write({"settings.toml": "[default.auth\n"})
        assert (await client.get("/config/environments", headers=bearer)).status_code == 200


@pytest.mark.parametrize("broken", [WRONG, DIGITS])
async def test_what_was_wrong_for_a_while_is_followed_again_when_it_is_mended(own: Any, ask: Any, broken: str) -> None:
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        async with client.change():
            home.write({"settings/development.toml": broken})
        async with client.change():
            home.write({"settings/development.toml": ""})
        home.write(tokens("new"))
        await until_status(client, 401, bearer)
        health = (await client.get("/health")).json()["checks"]["profiles"]
        assert health["status"] == "ok"


async def test_profiles_that_cannot_be_followed_are_told_until_they_can(
    own: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any exception of a reading, whatever it is; a project that fails so is a mistake of ours."""
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')})
    async with ask(home.root) as client:
        with monkeypatch.context() as patch:
            patch.setattr("app.watching.watcher.open_workspace", _broken)
            home.write({"settings.toml": HOSTS.format('"127.0.0.1", "other.example"')})
            await until_profiles(client, "failed")
        await until_profiles(client, "ok")
        await until_status(client, 200, {"Host": "other.example"})
        metrics = (await client.get("/metrics")).text
    assert 'assay_background_failures_total{work="Following the profiles"} 0.0' not in metrics


async def until_profiles(client: Any, status: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get("/health")).json()["checks"]["profiles"]["status"] != status:
            pass


def _broken(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


SECOND = "[default.auth\n"


def withdrawn(*names: str, **files: str) -> dict[str, str]:
    """Tokens, beside whatever else is wrong: what a keyword says stands in the profile of that name."""
    return {**tokens(*names), **{f"settings/{name}.toml": text for name, text in files.items()}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"development": WRONG + "[prodution]\nx = 1\n"},  # a warning about the files beside an error of the settings
        {"testing": SECOND},
        {"testing": DIGITS},
        {"testing": "\ufeff[testing]\n"},
    ],
)
async def test_a_token_that_was_taken_away_opens_nothing_though_another_file_is_broken(
    own: Any, ask: Any, wrong: dict[str, str]
) -> None:
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        await until_status(client, 200, bearer)
        home.write(withdrawn("new", **wrong))
        await until_status(client, 401, bearer)
        await until_status(client, 200, {"Authorization": "Bearer canary-new"})


async def test_a_token_that_was_taken_away_opens_nothing_though_the_options_cannot_be_used(own: Any, ask: Any) -> None:
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    options = (home.root / "assay.toml").read_text()
    async with ask(home.root) as client:
        async with client.change():
            home.write({"assay.toml": options + "nonsense = 1\n"})
        assert (await client.get("/metrics", headers=bearer)).status_code == 200
        home.write(tokens("new"))
        await until_status(client, 401, bearer, "/metrics")
        await until_status(client, 200, {"Authorization": "Bearer canary-new"}, "/metrics")


async def test_a_token_that_is_listed_again_counts_again_though_the_options_cannot_be_used(own: Any, ask: Any) -> None:
    """A file that is being written is empty for a moment, and lists no token then."""
    home = own(tokens("old"))
    bearer = {"Authorization": "Bearer canary-old"}
    options = (home.root / "assay.toml").read_text()
    async with ask(home.root) as client:
        async with client.change():
            home.write({"assay.toml": options + "nonsense = 1\n"})
        home.write({"settings.toml": ""})
        await until_status(client, 401, bearer, "/metrics")
        home.write(tokens("old"))
        await until_status(client, 200, bearer, "/metrics")


async def test_a_right_that_was_taken_away_is_gone_whatever_else_is_wrong(own: Any, ask: Any) -> None:
    viewer = tokens("old")["settings.toml"]
    often = "[default.server]\nposts_per_minute = 100000\n"
    home = own({"settings.toml": viewer.replace("viewer", "operator") + often})
    bearer, none = {"Authorization": "Bearer canary-old"}, {"environment": "nowhere"}
    async with ask(home.root) as client:
        assert (await client.post("/config/database/test", json=none, headers=bearer)).status_code == 404
        home.write({"settings.toml": viewer + often + WRONG})
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await client.post("/config/database/test", json=none, headers=bearer)).status_code != 403:
                pass


@pytest.mark.parametrize("edit", ["[default.server]\nport = 0\n", '[default.database]\nurl = "mysql://h/d"\n'])
async def test_health_tells_that_the_settings_in_force_are_not_those_of_the_profiles(
    own: Any, ask: Any, edit: str
) -> None:
    """Every file can be read, and yet edits are not followed."""
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')})
    async with ask(home.root) as client:
        home.write({"settings.toml": edit})
        await until_profiles(client, "degraded")
        told = (await client.get("/health")).json()["checks"]["profiles"]["message"]
        home.write({"settings.toml": HOSTS.format('"127.0.0.1"')})
        await until_profiles(client, "ok")
    assert "The service's own settings have errors since" in told


@pytest.mark.parametrize("broken", ["[default\n", "[default.server]\nport = 0\n"])
async def test_health_tells_what_is_wrong_with_a_home_apart_from_the_project(
    own: Any, project: Any, ask: Any, broken: str
) -> None:
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')}, name="home")
    orders = project({"settings.toml": "[production]\nport = 1\n"}, name="orders")
    async with ask(orders.root, home=home.root) as client:
        home.write({"settings.toml": broken})
        await until_profiles(client, "degraded")


async def test_settings_that_cannot_be_judged_for_whatever_reason_keep_no_token_alive(
    own: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any exception, whatever it is; settings that fail so are a mistake of ours."""
    home = own(tokens("old", "new"))
    bearer = {"Authorization": "Bearer canary-old"}
    async with ask(home.root) as client:
        await until_status(client, 200, bearer)
        monkeypatch.setattr("app.service.settings_reload.validate", _broken)
        home.write(tokens("new"))
        await until_status(client, 401, bearer)
        told = (await client.get("/health")).json()["checks"]["profiles"]
    assert (told["status"], "Reloading the settings fails (ZeroDivisionError)" in told["message"]) == ("degraded", True)


async def test_answers_that_cannot_be_worked_out_are_told(own: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home = own({"settings.toml": HOSTS.format('"127.0.0.1"')})
    async with ask(home.root) as client:
        monkeypatch.setattr("app.watching.cached_answers.validate", _broken)
        home.write({"settings.toml": HOSTS.format('"127.0.0.1", "other.example"')})
        await until_profiles(client, "degraded")
        told = (await client.get("/health")).json()["checks"]["profiles"]["message"]
    assert "cannot be worked out (ZeroDivisionError)" in told


async def test_links_to_the_project_and_to_the_home_may_be_replaced(own: Any, project: Any, ask: Any) -> None:
    """A deployment makes a new folder, and lets a link lead there."""
    for number in (1, 2):
        project({"settings.toml": f"[production]\na = {number}\n"}, name=f"orders-{number}")
        home = own(tokens("old", *(["new"] if number > 1 else [])), name=f"home-{number}")
    top = home.root.parent
    links = {name: top / name for name in ("orders", "home")}
    for name, link in links.items():
        link.symlink_to(f"{name}-1")
    bearer = {"Authorization": "Bearer canary-new"}
    async with ask(links["orders"], home=links["home"]) as client:
        for name, link in links.items():
            (top / "next").symlink_to(f"{name}-2")
            (top / "next").rename(link)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await client.get("/config/values?environment=production", headers=bearer)).status_code != 200:
                pass
            while (await client.get("/config/values?environment=production", headers=bearer)).json()["values"][0][
                "value"
            ] != 2:
                pass
