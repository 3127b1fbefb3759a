"""Secrets appear in no output of any command and format, whatever they are called and wherever they stand."""

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping

import asyncpg
import click
import pytest
from canaries import NAMES, Canaries, lines
from histories import git, history
from leaky_sources import LISTED, leaky_sources
from projects import MakeProject, ProjectFolder
from remembered import look, remember_in, variables

from app.cli.commands.plan import command as plan_command
from app.cli.group import Commands
from app.cli.program import assay
from app.database.target import Target

VISIBLE = {
    "port": 5432,
    "host": '"db.visible.example"',
    "debug": "true",
    "pool_size": 20,
    "ratio": 0.25,
    "secret_rotation_days": 30,
    "api_key_header": '"X-Api-Key"',
    "use_tls": "false",
    "password_min_length": 12,
    "token_ttl": 3600,
    "max_tokens": 4096,
    "secret_name": '"visible-name"',
    "password_required": "true",
}


@pytest.fixture
def canary() -> Canaries:
    return Canaries()


@pytest.fixture
def leaky(project: MakeProject, canary: Canaries) -> ProjectFolder:
    """A foreign project without a model, with secrets in every kind of layer."""
    visible = "\n".join(f"{key} = {value}" for key, value in VISIBLE.items())
    return project(
        {
            "assay.toml": 'load_dotenv = true\npreload = ["pre.toml"]\nincludes = ["inc.toml"]\nmerge_enabled = true\n'
            'known_environments = ["development", "production"]\n',
            "pre.toml": f'[default.preloaded]\npassword = "{canary()}"\n',
            "inc.toml": f'[default.included]\npassword = "{canary()}"\n',
            ".env": f"DYNACONF_DOTENV__PASSWORD={canary()}\nDYNACONF_MAIL_URL=smtp://m:{canary()}@h\n",
            "settings.toml": "\n".join(
                [f"[default]\n{visible}", *lines(canary, "default"), *lines(canary, "global.g"), REFERRED]
            ),
            "settings/production.toml": "\n".join(lines(canary, "production")),
            "settings.local.toml": f'[production.local]\npassword = "{canary()}"\n',
            ".secrets.toml": "\n".join(lines(canary, "production.s")),
        }
    )


REFERRED = """\
[production.referring]
by_name = "@format {this.preloaded.password}"
by_url = "@format redis://:{this.preloaded.password}@cache.example/0"
by_variable = "@format {env[DB_PASSWORD]}"
fetched = "@get preloaded.password"
unread = "@jinja {{ this.preloaded.password }}"
"""


def leaky_environ(canary: Canaries) -> dict[str, str]:
    """Variables that hold secrets: plain, nested, as whole tables, as lists, in URLs, and for references."""
    return {
        "ENV_FOR_DYNACONF": "production",
        "DYNACONF_API_TOKEN": canary(),
        "DYNACONF_V__PASSWORD": canary(),
        "DYNACONF_V__DEEP__CLIENT_SECRET": canary(),
        "DYNACONF_WHOLE": f'{{id = "a", password = "{canary()}", in = {{secret_key = "{canary()}"}}}}',
        "DYNACONF_AS_JSON": f'@json {{"password": "{canary()}"}}',
        "DYNACONF_ACCESS_TOKENS": f'["{canary()}", "{canary()}"]',
        "DYNACONF_STORE": f"redis://:{canary()}@h",
        "DYNACONF_named1__PASSWORD": f"@merge {canary()}",
        "DB_PASSWORD": canary(),
        "DATABASE_URL": f"postgresql://app:{canary()}@h/x",
        "ASSAY_DATABASE__URL": f"postgresql://app:{canary()}@127.0.0.1:1/x",
        "ASSAY_TARGET_PASSWORD": canary(),
    }


TYPED = "canary-typed-in"
TARGET = ["--host", "127.0.0.1", "--port", "1", "--username", "app", "--name", "orders"]
KEYS = [
    "inline",
    "accounts",
    "clients",
    "named1",
    "urls0",
    "s",
    "g",
    "secrets",
    "deep",
    "whole",
    "v",
    "as_json",
    "store",
]

CALLS: Mapping[str, list[list[str]]] = {
    "check": [["--fail-level", "info"], ["production"], ["--strict-secrets"]],
    "show": [["production"], ["development"], [], ["prodution"]],
    "get": [*([key, "--env", "production"] for key in (*KEYS, "referring")), ["named0"], ["named0.pasword"]],
    "explain": [*([key, "--env", "production"] for key in (*KEYS, "referring")), ["named0.pasword"]],
    "diff": [["development", "production", "--all"], ["development", "production"]],
    "matrix": [[], ["production"]],
    "usage": [[], ["named0"], ["named0.pasword"]],
    "set": [
        ["named0.password", TYPED, "--env", "production", "--dry-run"],
        ["named0.password", TYPED, "--env", "production"],
        ["urls0.endpoint", f"postgresql://app:{TYPED}@h/x", "--env", "development", "--force"],
        ["whole", f'{{ password = "{TYPED}" }}', "--env", "production"],
        ["named0.password", TYPED, "--env", "prodution"],
    ],
    "unset": [["named0.password", "--env", "production", "--dry-run"], ["urls0", "--env", "production", "--force"]],
    "rules": [[], ["SEC002"], ["XENV001"]],
    "schema": [[], ["--layer"]],
    "db status": [[], ["--env", "production"]],
    "db test": [[], TARGET, ["--url", f"postgresql://app:{TYPED}@127.0.0.1:1/x"], ["--url", f"mysql://a:{TYPED}@h/x"]],
    "db upgrade": [[]],
    "db downgrade": [["base"]],
    "db revision": [[]],
    "release make": [["production"], ["production", "--dry-run"], ["production", "--force", "so"], ["prodution"]],
    "release list": [[], ["production"]],
    "release show": [["1"]],
    "release diff": [["1", "2"]],
    "release rollback": [["1"]],
    "release approve": [["1"]],
    "instances": [[], ["production"]],
    "history list": [[], ["--env", "production"], ["--limit", "0"]],
    "history show": [["0123abcd"]],
    "history diff": [["0123abcd", "now"]],
    "history key": [[key, "--env", "production"] for key in ("named0.password", "urls0")],
}
"""What is asked of every command, in each of the formats that it has."""

ELSEWHERE: Mapping[str, str] = {
    "init": "below, since it is for projects without options",
    "plan": "below, since it is for projects under git",
    "serve": "tests/web searches what it answers",
}


def commands(group: Commands = assay, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name."""
    for name in group.known:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, Commands):
            yield from commands(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def asked(calls: Mapping[str, list[list[str]]]) -> Iterator[list[str]]:
    """Every call in every format of its command."""
    for name, command in commands():
        formats = [param.type.choices for param in command.params if param.name == "format"]
        for call in calls.get(name, ()):
            yield from ([*name.split(), *call, "--format", str(answer)] for answer in formats[0])


def test_every_command_is_searched_for_secrets() -> None:
    assert {name for name, _ in commands()} == {*CALLS, *ELSEWHERE}


@pytest.mark.parametrize("call", list(asked(CALLS)), ids=" ".join)
def test_no_command_shows_a_secret_in_any_format(leaky: ProjectFolder, canary: Canaries, call: list[str]) -> None:
    environ = leaky_environ(canary)
    canary.made.append(TYPED)
    ran = leaky.assay(*call, **environ)
    assert ran.status in {0, 1, 2, 3}, ran.err
    assert ran.out + ran.err
    assert canary.leaked_in(ran.out + ran.err) == []


UNTOLD = {"deploy/compose/.env"}
"""What others refer to: the place that is told is theirs."""

DEPLOYED: Mapping[str, list[list[str]]] = {
    "check": [["--fail-level", "info"]],
    "show": [["production"]],
    "get": [["stated", "--env", "production"]],
    "explain": [[key, "--env", "production"] for key in ("deployed", "kept", "composed", "through")],
    "diff": [["development", "production", "--all"]],
    "matrix": [[]],
    "usage": [[]],
    "set": [["plain.token", TYPED, "--env", "production", "--dry-run", "--force"]],
    "release make": [["production", "--dry-run", "--force", "so"]],
}
"""What is asked of a project whose production is started by every kind of source."""


@pytest.fixture
def deployed(project: MakeProject, canary: Canaries) -> ProjectFolder:
    """A foreign project without secrets of its own, and deployments full of them."""
    listed = f"merge_enabled = true\n[deployments]\nproduction = {json.dumps(LISTED)}\n"
    settings = "[default]\nport = 1\n[development]\n[production]\n"
    options = f'known_environments = ["development", "production"]\n{listed}'
    return project({"assay.toml": options, "settings.toml": settings, **leaky_sources(canary)})


@pytest.mark.parametrize("call", list(asked(DEPLOYED)), ids=" ".join)
def test_no_command_shows_a_secret_of_any_kind_of_source(
    deployed: ProjectFolder, canary: Canaries, call: list[str]
) -> None:
    canary.made.append(TYPED)
    ran = deployed.assay(*call)
    assert ran.status in {0, 1, 2, 3}, ran.err
    assert ran.out + ran.err
    assert canary.leaked_in(ran.out + ran.err) == []


def test_every_source_gives_its_secrets(deployed: ProjectFolder) -> None:
    values = deployed.assay("show", "production", "--format", "json").json["values"]
    given = {value["origin"]["file"] for value in values if value["secret"] and value["origin"]}
    assert given >= {name for name in leaky_sources(Canaries()) if name not in UNTOLD}


def test_no_plan_shows_a_secret_of_any_kind_of_source(deployed: ProjectFolder, canary: Canaries) -> None:
    texts = {
        name.relative_to(deployed.root).as_posix(): name.read_text()
        for name in deployed.root.rglob("*")
        if name.is_file()
    }
    history(deployed.root, texts)
    deployed.write(leaky_sources(canary))
    (formats,) = (param.type.choices for param in plan_command.params if param.name == "format")
    for answer in formats:
        ran = deployed.assay("plan", "--with-untracked", "--format", str(answer), PATH=os.environ["PATH"])
        assert ran.status in {0, 1}, ran.err
        assert canary.leaked_in(ran.out + ran.err) == []


@pytest.mark.parametrize("name", LISTED)
def test_no_source_that_is_cut_off_shows_a_secret(name: str, deployed: ProjectFolder, canary: Canaries) -> None:
    text = (deployed.root / name).read_text()
    secret = text.index("canary", len(text) // 3)
    for broken in (
        text[: secret + 4],
        text[:secret] + "'\"[" + text[secret:],
        f"\t{text}",
        text.replace("=", ": [", 9),
    ):
        deployed.write({name: broken})
        for answer in ("text", "json"):
            ran = deployed.assay("check", "production", "--format", answer)
            assert ran.status in {0, 1}, ran.err
            assert canary.leaked_in(ran.out + ran.err) == []


@pytest.mark.parametrize("key", [{}, {"ASSAY_DIGEST_KEY": "canary-key-of-digests"}], ids=["without a key", "with one"])
def test_no_history_shows_a_secret(
    leaky: ProjectFolder, canary: Canaries, tables: Target, key: Mapping[str, str]
) -> None:
    environ = leaky_environ(canary) | key
    canary.made.append("canary-key-of-digests")
    first = look(leaky, 0, environ)
    leaky.write({".secrets.toml": "\n".join(lines(canary, "production.s"))})
    remember_in(tables, *first, *look(leaky, 1, environ))
    del environ["ASSAY_DATABASE__URL"]
    environ |= variables(tables)
    listed = leaky.assay("history", "list", "--env", "production", "--format", "json", **environ)
    newest, *older = [one["id"] for one in listed.json["snapshots"]]
    calls = [["show", newest], ["diff", (older or [newest])[0], newest, "--all"], ["diff", newest, "now"]]
    calls += [["key", name, "--env", "production"] for name in (*KEYS, "referring")]
    for call in calls:
        for answer in ("text", "json"):
            ran = leaky.assay("history", *call, "--format", answer, **environ)
            assert ran.status in {0, 2}, ran.err  # of some keys, layers alone say anything
            assert canary.leaked_in(ran.out + ran.err) == []
    shown = leaky.assay("history", "show", newest, "--format", "json", **environ).json
    assert sum(value["secret"] for value in shown["values"]) > len(NAMES)


def test_no_release_holds_or_shows_a_secret(leaky: ProjectFolder, canary: Canaries, tables: Target) -> None:
    environ = leaky_environ(canary) | {"ASSAY_SERVICE_TOKEN": canary()}
    del environ["ASSAY_DATABASE__URL"]
    environ |= variables(tables)
    for environment in ("production", "development"):
        for _ in range(2):
            assert leaky.assay("release", environment, "--force", "to see", **environ).status == 0
    calls = [["list"], ["show", "1"], ["diff", "1", "3"], ["diff", "3", "1"], ["production", "--dry-run"]]
    calls += [["production", "--force", "again"], ["production"], ["rollback", "1"], ["approve", "1"]]
    for call in calls:
        for answer in ("text", "json"):
            ran = leaky.assay("release", *call, "--format", answer, **environ)
            assert ran.status in {0, 1}, ran.err
            assert canary.leaked_in(ran.out + ran.err) == []
    kept = asyncio.run(all_rows(tables))
    assert '"port"' in kept
    assert canary.leaked_in(kept) == []


async def all_rows(target: Target) -> str:
    """Whatever the tables of releases hold."""
    session = await asyncpg.connect(**target.arguments())
    try:
        bodies = [row["body"].decode() for row in await session.fetch("SELECT body FROM release_body")]
        return "\n".join([*bodies, *map(str, await session.fetch("SELECT * FROM release"))])
    finally:
        await session.close()


def test_no_plan_shows_a_secret(leaky: ProjectFolder, canary: Canaries) -> None:
    history(leaky.root, {name.name: name.read_text() for name in leaky.root.glob("*.toml")})
    git(leaky.root, "rm", "--quiet", "--cached", "pre.toml")
    files = {name: (leaky.root / name).read_text() for name in ("settings.toml", ".secrets.toml", "inc.toml")}
    leaky.write({name: re.sub(r"canary-\w+", lambda _: canary(), text) for name, text in files.items()})
    environ = leaky_environ(canary) | {"PATH": os.environ["PATH"]}
    (formats,) = (param.type.choices for param in plan_command.params if param.name == "format")
    for answer in formats:
        ran = leaky.assay("plan", "--with-untracked", "--format", str(answer), **environ)
        assert ran.status in {0, 1}, ran.err
        assert ran.out  # annotations tell of findings alone, whatever keys those are about
        assert canary.leaked_in(ran.out + ran.err) == []


def test_no_baseline_holds_a_secret(leaky: ProjectFolder, canary: Canaries) -> None:
    environ = leaky_environ(canary)
    assert leaky.assay("check", "--write-baseline", "known.json", **environ).status in {0, 1}
    assert canary.leaked_in((leaky.root / "known.json").read_text()) == []
    again = leaky.assay("check", "--baseline", "known.json", **environ)
    assert canary.leaked_in(again.out + again.err) == []


def test_a_project_is_taken_over_without_showing_its_secrets(project: MakeProject, canary: Canaries) -> None:
    code = f'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["s.toml"], password="{canary()}")\n'
    dotenv = "".join(f"{name.upper()}={canary()}\n" for name in NAMES if name.isidentifier())
    dotenv += f"DATABASE_URL=postgresql://app:{canary()}@db.example/orders\n"
    for answer in ("text", "json"):
        adopted = project(
            {"settings.py": code, "s.toml": f'[default]\npassword = "{canary()}"\n'}, name=f"code-{answer}"
        )
        ran = adopted.assay("init", "--format", answer)
        assert canary.leaked_in(ran.out + ran.err) == []
        adopted = project({".env": dotenv}, name=f"dotenv-{answer}")
        ran = adopted.assay("init", "--from", ".env", "--format", answer)
        assert ran.status == 0
        assert canary.leaked_in(ran.out + ran.err) == []


def test_what_is_no_secret_is_shown(leaky: ProjectFolder) -> None:
    values = {value["key"]: value for value in leaky.assay("show", "production", "--format", "json").json["values"]}
    for key, value in VISIBLE.items():
        assert values[key]["secret"] is False, key
        assert str(values[key]["value"]).lower() == str(value).strip('"').lower(), key
    assert values["urls0.endpoint"]["value"] == "postgresql://app:***@db.example:5432/orders"


@pytest.mark.parametrize(
    "call", [["show", "production"], ["matrix"], ["diff", "development", "production", "--all"]], ids=" ".join
)
def test_no_port_host_switch_or_number_is_masked(leaky: ProjectFolder, call: list[str]) -> None:
    told = leaky.assay(*call, "--format", "json").out
    for key, value in VISIBLE.items():
        (entry,) = re.findall(rf'\{{\s*"key":\s*"{key}",.*?(?=\{{\s*"key":|\Z)', told, re.DOTALL)
        assert re.search(rf'"value":\s*{value}\b|"value":\s*{value},', entry), entry
        assert not re.search(r'"secret":\s*true', entry), entry


def test_no_port_host_switch_or_number_is_masked_in_text(leaky: ProjectFolder) -> None:
    told = {line.split()[0]: line for line in leaky.assay("show", "production").out.splitlines() if line.strip()}
    for key, value in VISIBLE.items():
        assert str(value)[:12] in told[key]


BROKEN = [
    'password = "{}" oops',
    'password = "{}',
    'client = {{ id = "a", secret = "{}" ',
    'api_keys = ["{}",\n  "{}"\noops',
    'url = "postgresql://u:{}@h/d" oops',
    'password = """\n{}\n[oops',
    "password = {}",
    "[production\npassword = '{}'",
    'x = ["redis://:{}@h",, ]',
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", [".secrets.toml", "settings.toml"])
def test_a_line_that_does_not_parse_shows_no_secret(
    project: MakeProject, canary: Canaries, broken: str, name: str
) -> None:
    text = broken.format(*(canary() for _ in range(broken.count("{}"))))
    made = project({"settings.toml": "[default]\na = 1\n", name: f"[production]\n{text}\n"})
    for answer in ("text", "json"):
        ran = made.assay("check", "--format", answer)
        assert ran.status == 1
        assert "SRC002" in ran.out
        assert canary.leaked_in(ran.out + ran.err) == []


def test_a_token_that_fails_shows_no_secret(project: MakeProject, canary: Canaries) -> None:
    made = project({"settings.toml": f'[default]\npassword = "@int {canary()}"\napi_token = "@json {canary()}"\n'})
    for command in (["check"], ["show"], ["explain", "password"]):
        for answer in ("text", "json"):
            ran = made.assay(*command, "--format", answer)
            assert canary.leaked_in(ran.out + ran.err) == []


@pytest.mark.reveals("whoever asks for secrets gets them")
def test_secrets_are_shown_to_who_asks_for_them(leaky: ProjectFolder, canary: Canaries) -> None:
    out = leaky.assay("show", "production", "--reveal", "--format", "json", ENV_FOR_DYNACONF="production").out
    assert sum(made in out for made in canary.made) > len(NAMES)


REFERRING = """\
[default]
password = "canaryP"
authToken = "canaryT"
copied = "@format {this.password}"
fetched = "@get password"
through = "@format x{this.copied}x"
variable = "@format {env[DB_PASSWORD]}"
broken = "@json {\\"password\\": \\"canaryJ\\""
header = "Bearer canaryB"
Authorization = "canaryA"
pem = "-----BEGIN RSA PRIVATE KEY-----canaryK"
visible = "@format {this.port}"
port = 5432
[default.token]
a = "canaryN"
[default.credentials]
key = "canaryC"
username = "app"
"""


@pytest.mark.parametrize("answer", ["text", "json"])
@pytest.mark.parametrize(
    "command",
    [["show"], ["check"], ["matrix"], ["diff", "development", "production", "--all"]]
    + [["explain", key] for key in ("copied", "fetched", "through", "variable", "token", "credentials", "authtoken")],
    ids=" ".join,
)
def test_a_secret_is_not_shown_through_what_refers_to_it(project: MakeProject, command: list[str], answer: str) -> None:
    made = project({"settings.toml": REFERRING + "[production]\na = 1\n"})
    ran = made.assay(*command, "--format", answer, DB_PASSWORD="canaryV")
    assert ran.status in {0, 1}
    assert "canary" not in ran.out + ran.err


def test_a_reference_to_what_is_no_secret_is_shown(project: MakeProject) -> None:
    out = project({"settings.toml": REFERRING}).assay("show", "--format", "json").json["values"]
    values = {value["key"]: value["value"] for value in out}
    assert (values["visible"], values["credentials.username"]) == ("5432", "app")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password = '{}'  # was {}", "password = ***  # …"),
        ('login = {{ password = "{}", name = "a#b" }} # {}', "login = { password = ***"),
        ('tokens = ["{}", "{}"] # {}', "***] # …"),
    ],
)
def test_a_remark_beside_a_secret_is_not_shown(project: MakeProject, canary: Canaries, line: str, shown: str) -> None:
    text = line.format(*(canary() for _ in range(line.count("{}"))))
    made = project({"settings.toml": f"[production]\n{text}\n"})
    ran = made.assay("check")
    assert canary.leaked_in(ran.out + ran.err) == []
    assert shown in ran.out
