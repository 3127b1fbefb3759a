"""One target, one answer: whoever is asked about a URL decides it by the same function, and nothing counts instead."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from unusable_urls import BELOW, CANARY, UNUSABLE

from app.core.errors import StartRefused, TargetError
from app.database.fields import target_from_fields
from app.probing.request import ask, question
from app.service.plan import plan

VARIABLES = ("DATABASE_URL", "ASSAY_DATABASE__URL", "DYNACONF_DATABASE__URL")
cases = pytest.mark.parametrize(("url", "advice"), UNUSABLE.values(), ids=UNUSABLE)


def errors(project: ProjectFolder, environment: str = "development", **environ: str) -> list[Any]:
    report = project.assay("check", environment, "--format", "json", **environ).json
    return [found for found in report["environments"][0]["findings"] if found["severity"] == "error"]


def unresolved(project: ProjectFolder, key: str, **environ: str) -> tuple[Any, Any]:
    """Whether a key's value is unknown, and the place that it is to blame on."""
    (leaf,) = project.assay("explain", key, "--format", "json", **environ).json["leaves"]
    return leaf["value"], leaf.get("unresolved") and leaf["origin"]["name"]


@pytest.mark.parametrize("name", VARIABLES)
@cases
def test_a_url_that_cannot_be_read_is_an_error_at_its_variable(
    own: MakeProject, url: str, advice: str, name: str
) -> None:
    found = errors(own({"settings.toml": BELOW}), **{name: url})
    assert [(one["rule"], one["key"], one["origin"]["name"]) for one in found] == [("DB015", "database.url", name)]
    assert advice in found[0]["fix"]


@cases
def test_a_url_that_cannot_be_read_is_an_error_at_its_line(own: MakeProject, url: str, advice: str) -> None:
    project = own({"settings.toml": BELOW, ".secrets.toml": f'[development.database]\nurl = "{url}"\n'})
    found = errors(project)
    assert [(one["rule"], one["origin"]["file"], one["origin"]["line"]) for one in found] == [
        ("DB015", ".secrets.toml", 2)
    ]
    assert advice in found[0]["fix"]


@cases
def test_nothing_below_counts_in_its_stead(own: MakeProject, url: str, advice: str) -> None:
    project = own({"settings.toml": BELOW})
    for key in ("host", "port", "username", "password", "name", "tls.mode"):
        assert unresolved(project, f"database.{key}", DATABASE_URL=url) == (None, "DATABASE_URL"), advice
    text = project.assay("explain", "database.host", DATABASE_URL=url).out
    assert "DATABASE_URL holds a URL that cannot be read" in text


@cases
def test_every_door_says_the_same(own: MakeProject, url: str, advice: str) -> None:
    project = own({"settings.toml": BELOW})
    with pytest.raises(TargetError) as typed:
        target_from_fields({"url": url})
    said = (typed.value.message, typed.value.fix)
    with pytest.raises(TargetError) as asked:
        question(project.workspace({"DATABASE_URL": url}), {}, seconds=1)
    assert (asked.value.message, asked.value.fix) == said
    with pytest.raises(TargetError) as body:
        question(project.workspace(), {"url": url}, seconds=1)
    assert (body.value.message, body.value.fix) == said
    (finding,) = errors(project, DATABASE_URL=url)
    assert (finding["message"].partition(": ")[2].casefold(), finding["fix"]) == (said[0].casefold(), said[1])
    for command in (("db", "status"), ("db", "test"), ("db", "test", "--url", url), ("db", "upgrade")):
        ran = project.assay(*command, **({} if "--url" in command else {"DATABASE_URL": url}))
        assert (ran.status, ran.out) == (2, "")
        assert f"assay: {said[0]}" in ran.err
        assert CANARY not in ran.err
    assert advice in said[1]


@cases
def test_the_service_does_not_start(own: MakeProject, url: str, advice: str) -> None:
    project = own({"settings.toml": BELOW})
    with pytest.raises(StartRefused):
        plan(project.root, project.root, {"DATABASE_URL": url})
    ran = project.assay("serve", "--port", "1", DATABASE_URL=url)
    assert ran.status == 2
    assert advice in " ".join(ran.err.split())


def test_a_waiver_opens_no_door(own: MakeProject) -> None:
    project = own({"settings.toml": BELOW})
    waiver = '[[waivers]]\nrule = "DB015"\nkey = "database.url"\nreason = "later"\nexpires = 2099-01-01\n'
    (project.root / "assay.toml").write_text((project.root / "assay.toml").read_text() + waiver)
    with pytest.raises(StartRefused, match="password cannot be used"):
        plan(project.root, project.root, {"DATABASE_URL": UNUSABLE["slash"][0]})


def test_what_a_higher_layer_says_counts_over_a_url_that_cannot_be_read(own: MakeProject) -> None:
    project = own({"settings.toml": BELOW})
    environ = {"DATABASE_URL": UNUSABLE["slash"][0], "ASSAY_DATABASE__HOST": "db.example"}
    (leaf,) = project.assay("explain", "database.host", "--format", "json", **environ).json["leaves"]
    assert leaf["value"] == "db.example"
    assert unresolved(project, "database.password", **environ) == (None, "DATABASE_URL")
    assert [one["rule"] for one in errors(project, **environ)] == ["DB015"]


def test_a_url_that_can_be_read_takes_the_place_of_one_below_that_cannot(own: MakeProject) -> None:
    project = own({"settings.toml": BELOW})
    good = {"DATABASE_URL": UNUSABLE["slash"][0], "ASSAY_DATABASE__URL": "postgresql://q:pw@db.example/x"}
    assert errors(project, **good) == []
    assert question(project.workspace(good), {}, seconds=1).target.host == "db.example"


def test_a_url_that_a_reference_gives_counts_like_any_other(own: MakeProject) -> None:
    project = own(
        {"settings.toml": BELOW + 'url = "@format {env[PLACE]}"\n'.replace("url", "[development.database]\nurl")}
    )
    good = {"PLACE": "postgresql://q:p%40w@db.example:6543/x"}
    target = question(project.workspace(good), {}, seconds=1).target
    assert (target.host, target.port, target.password) == ("db.example", 6543, "p@w")
    assert plan(project.root, project.root, good).target == target
    (host,) = project.assay("explain", "database.host", "--format", "json", **good).json["leaves"]
    assert [(layer["value"], layer["winner"]) for layer in host["layers"]] == [
        ("127.0.0.1", False),
        ("db.example", True),
    ]
    assert [one["rule"] for one in errors(project, PLACE=UNUSABLE["at sign"][0])] == ["DB015"]


def test_an_empty_url_says_nothing(own: MakeProject) -> None:
    project = own({"settings.toml": BELOW})
    assert errors(project, DATABASE_URL="") == []
    assert question(project.workspace({"DATABASE_URL": ""}), {}, seconds=1).target.host == "127.0.0.1"


def test_a_host_that_is_none_is_an_error_for_every_door(own: MakeProject) -> None:
    project = own({"settings.toml": '[default.database]\nhost = "db.example:99999"\npassword = "x"\n'})
    assert [(one["rule"], one["key"]) for one in errors(project)] == [("DB015", "database.host")]
    assert project.assay("db", "status").status == 2
    with pytest.raises(StartRefused):
        plan(project.root, project.root, {})


def test_a_channel_binding_that_nobody_honours_is_told_and_ignored(own: MakeProject) -> None:
    project = own({"settings.toml": BELOW})
    url = "postgresql://q:pw@db.example/x?channel_binding=require"
    report = project.assay("check", "--format", "json", DATABASE_URL=url).json
    found = [finding for finding in report["environments"][0]["findings"] if finding["rule"] == "DB013"]
    assert [(one["severity"], one["key"]) for one in found] == [("warning", "database.channel_binding")]
    assert plan(project.root, project.root, {"DATABASE_URL": url}).target is not None


def test_whose_tables_a_probe_looks_at_depends_on_the_project(project: MakeProject, own: MakeProject) -> None:
    for made, is_own in (
        (project({"settings.toml": BELOW}, name="other"), False),
        (own({"settings.toml": BELOW}), True),
    ):
        assert question(made.workspace(), {}, seconds=1).own is is_own
        assert question(made.workspace(), {"host": "h"}, seconds=1).own is is_own


FOREIGN = "postgresql+asyncpg://u:pw@127.0.0.1:1/d?prepared_statement_cache_size=0"


async def test_what_is_its_own_drivers_business_is_no_reason_not_to_probe_another_project(project: MakeProject) -> None:
    made = project({"settings.toml": f'[default]\ndatabase_url = "{FOREIGN}"\n'})
    asked = question(made.workspace(), {}, seconds=2)
    assert (asked.target.host, asked.target.port, asked.target.name) == ("127.0.0.1", 1, "d")
    resolve = (await ask(asked)).stages[0]
    assert (resolve.status, "prepared_statement_cache_size" in str(resolve.message)) == ("ok", True)


@pytest.mark.parametrize("key", ["hostaddr=10.0.0.1", "service=orders", "passfile=/p"])
def test_what_would_lead_elsewhere_still_is(project: MakeProject, key: str) -> None:
    made = project({"settings.toml": f'[default]\ndatabase_url = "postgresql://u@h/d?{key}"\n'})
    with pytest.raises(TargetError, match=key.partition("=")[0]):
        question(made.workspace(), {}, seconds=1)


@pytest.mark.parametrize("typed", [False, True])
async def test_a_probe_tells_what_the_urls_own_driver_refuses(project: MakeProject, *, typed: bool) -> None:
    url = "postgresql+asyncpg://u:pw@127.0.0.1:1/d?sslmode=require"
    made = project({"settings.toml": f'[default]\ndatabase_url = "{url}"\n'})
    asked = question(made.workspace(), {"url": url} if typed else {}, seconds=2)
    resolve = (await ask(asked)).stages[0]
    assert (resolve.status, "Write ssl=require." in str(resolve.message)) == ("warning", True)


@pytest.mark.parametrize("name", ["slash", "at sign", "outer quotes", "port"])
def test_another_projects_url_that_cannot_be_read_is_no_reason_to_take_another(project: MakeProject, name: str) -> None:
    url, advice = UNUSABLE[name]
    text = f'[default]\na_url = "{url}"\nz_url = "postgresql://u:pw@other.example/x"\n'
    made = project({"settings.toml": text})
    with pytest.raises(TargetError) as caught:
        question(made.workspace(), {}, seconds=1)
    assert advice in caught.value.fix
    assert [one["rule"] for one in errors(made)] in (["DB014"], ["DB015"])


@pytest.mark.parametrize(
    "wrong",
    ["channel_binding=yes", "sslmode=required", "target_session_attrs=master", "connect_timeout=9999", "sslsni=0"],
)
def test_what_a_url_says_wrongly_is_wrong_for_every_door(own: MakeProject, wrong: str) -> None:
    url = f"postgresql://q:pw@db.example/x?{wrong}"
    project = own({"settings.toml": BELOW})
    assert len(errors(project, DATABASE_URL=url)) == 1
    with pytest.raises(TargetError):
        question(project.workspace({"DATABASE_URL": url}), {}, seconds=1)
    with pytest.raises(StartRefused):
        plan(project.root, project.root, {"DATABASE_URL": url})
    assert project.assay("db", "status", DATABASE_URL=url).status == 2
