"""No rule's message, fix or excerpt shows a secret, in whatever format it is told."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from canaries import Canaries
from examples import Example, read_example
from projects import OWN, MakeProject, ProjectFolder

from app.core import dsn
from app.project.workspace import open_workspace
from app.rules import RULES
from app.rules.kit.known_defaults import is_placeholder
from app.rules.kit.page import read_page
from app.rules.kit.rule import Rule

FORMATS = ("text", "json", "sarif", "junit", "github")


def secrets_of(root: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """Every secret that a project's environments run with, but for words that everybody knows."""
    workspace = open_workspace(root, environ)
    mask = workspace.mask()
    for name in workspace.environments:
        for leaf in workspace.tree(name).leaves:
            if mask.hides_leaf(leaf) and isinstance(leaf.value, str | int) and not isinstance(leaf.value, bool):
                yield str(leaf.value)
            elif isinstance(leaf.value, str) and dsn.mask(leaf.value) != leaf.value:
                yield _password(leaf.value)


def _password(url: str) -> str:
    try:
        return dsn.parse(url).password or url
    except dsn.UnescapedError:
        return url.partition("://")[2].partition(":")[2].rpartition("@")[0]


OTHER = str.maketrans("abcdefghijklmnopqrstuvwxyABCDEFGHIJKLMNOPQRSTUVWXY012345678",
                      "bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ123456789")  # fmt: skip


def with_other_secrets(example: Example, known: set[str]) -> tuple[Example, set[str]]:
    """The example with secrets of the same shape: its own stand on the rule's page, which some formats hold."""
    twins = {text: text[:4] + text[4:].translate(OTHER) for text in known}

    def other(text: str | bytes) -> str:
        told = text.decode() if isinstance(text, bytes) else text
        for own, twin in twins.items():
            told = told.replace(own, twin)
        return told

    files = {name: other(content) for name, content in example.files.items()}
    environ = {name: other(text) for name, text in example.environ.items()}
    return replace(example, files=files, environ=environ), {*twins.values()}


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_the_wrong_example_is_told_without_its_secrets(rule: Rule, project: MakeProject) -> None:
    example = read_example(read_page(rule.page).wrong.text)
    found = project(name="found")
    example.write(found.root)
    known = {text for text in secrets_of(found.root, example.environ) if len(text) > 6 and not is_placeholder(text)}
    example, hidden = with_other_secrets(example, known)
    made = project(name="made")
    example.write(made.root)
    for answer in FORMATS:
        ran = made.assay("check", "--fail-level", "info", "--format", answer, **example.environ)
        assert ran.status in {0, 1, 2}, ran.err
        assert [text for text in hidden if text in ran.out + ran.err] == []


def declarable() -> Iterator[tuple[str, Example]]:
    """The wrong examples whose files can all be declared to be for secrets."""
    for rule in RULES:
        example = read_example(read_page(rule.page).wrong.text)
        if "assay.toml" in example.files and "\nsecrets" not in f"\n{example.files['assay.toml']!s}":
            yield rule.id, example


@pytest.mark.parametrize("example", [pytest.param(example, id=name) for name, example in declarable()])
def test_no_message_quotes_what_a_secrets_file_sets(example: Example, project: MakeProject) -> None:
    options = str(example.files["assay.toml"])
    names = [name for name in example.files if name.endswith(".toml") and name != "assay.toml"]
    made = project()
    replace(example, files={**example.files, "assay.toml": f"secrets = {names}\n{options}"}).write(made.root)
    workspace = open_workspace(made.root, example.environ)
    said = [one for name in workspace.environments for one in workspace.tree(name).statements]
    hidden = {str(one.value) for one in said if workspace.is_placed(one.path) and _is_telling(one.value)}
    report = made.assay("check", "--fail-level", "info", "--format", "json", **example.environ).json
    messages = [one["message"] for environment in report["environments"] for one in environment["findings"]]
    assert [(text, message) for text in hidden for message in messages if _is_quoted(text, message)] == []


def _is_telling(value: object) -> bool:
    """Whether a value is no marker of Dynaconf's, and no word that a message has anyway."""
    return isinstance(value, str | int) and not isinstance(value, bool) and not str(value).startswith("@")


def _is_quoted(text: str, message: str) -> bool:
    return len(text) > 2 and re.search(rf"(?<![\w./]){re.escape(text)}(?![\w./])", message) is not None


@pytest.fixture
def canary() -> Canaries:
    return Canaries()


def told(project: ProjectFolder, canary: Canaries, **environ: str) -> set[str]:
    """The rules that speak, when no format of any environment's report shows a canary."""
    for answer in FORMATS:
        for active in ("production", "development"):
            environ["ENV_FOR_DYNACONF"] = active
            ran = project.assay("check", "--fail-level", "info", "--format", answer, **environ)
            assert ran.status in {0, 1}, ran.err
            assert canary.leaked_in(ran.out + ran.err) == []
    environ["ENV_FOR_DYNACONF"] = "production"
    report = project.assay("check", "--format", "json", **environ).json
    found = [*report["findings"], *(finding for one in report["environments"] for finding in one["findings"])]
    return {finding["rule"] for finding in found}


FOREIGN = 'known_environments = ["development", "production"]\nmerge_enabled = true\n'


def test_rules_about_files_and_merging_show_no_secret(project: MakeProject, canary: Canaries) -> None:
    made = project(
        {
            "assay.toml": FOREIGN,
            "settings.toml": f"""\
password = "{canary()}"
[default]
dead_password = "{canary()}"
api_keys = ["{canary()}"]
client_secret = "{canary()}"
[development]
dead_password = "{canary()}"
[production]
dead_password = "{canary()}"
api_keys = ["{canary()}"]
client_secret = {{ value = "{canary()}" }}
db_password = "{canary()}"
DB_PASSWORD = "{canary()}"
unread_password = "@jinja {{{{ '{canary()}' }}}}"
mark_password = ["@merge", "{canary()}"]
unset_token = "@format {canary()}{{env[NOT_SET]}}"
loaders_for_dynaconf = []
""",
            "settings/a.toml": f'[production]\ntoken = "{canary()}"\n[prodution]\ntoken = "{canary()}"\n',
            "settings/b.toml": f'[production]\ntoken = "{canary()}"\n[default]\ndb_password = "{canary()}"\n',
            "settings/development.toml": f'[production.other]\ntoken = "{canary()}"\n',
        }
    )
    expected = "SRC004 SRC007 SRC008 SRC009 SRC010 SRC011 SRC012 SRC014 SRC015 SRC016 SRC017 SRC018"
    assert {*expected.split()} <= told(made, canary)


def test_rules_about_secrets_and_databases_show_none(project: MakeProject, canary: Canaries) -> None:
    shared, real = canary(), f"ghp_{canary()}{canary()}{canary()}{canary()}"
    urls = "\n".join(
        [
            f'database_url = "postgresql://postgres:{canary()}@localhost/orders"',
            f'remote_url = "postgresql://app:{canary()}@db.example.com/orders?sslmode=disable"',
            f'careless_url = "postgresql://app:{canary()}@db.example.com/orders?sslmode=require"',
            f'cache_url = "redis://:{canary()}@cache.example.com/0"',
            f'hook_url = "http://app:{canary()}@hooks.example.com/x"',
        ]
    )
    made = project(
        {
            "assay.toml": FOREIGN,
            "settings.toml": f"""\
[default]
inherited_token = "{canary()}"
[development]
api_token = "{shared}"
retry_token = {int(canary.number())}
{urls}
[production]
api_token = "{shared}"
retry_token = "{canary()}"
secret_key = "{canary()}"
github_token = "{real}"
jwt_secret = "{canary()}"
allowed_origins = ["https://u:{canary()}@a.example.com", "*"]
base_url = "http://u:{canary()}@a.example.com"
{urls}
[production.database]
host = "db.example.com"
password = "{canary()}"
url = "postgresql://app:{canary()}@db2.example.com/orders"
""",
            ".secrets.toml": f'[production]\nmail_password = "{shared}"\n',
            ".secrets.toml.example": f'[production]\nmail_password = "{shared}"\n',
        }
    )
    (made.root / ".secrets.toml").chmod(0o644)
    expected = "APP002 DB001 DB003 DB004 DB005 DB012 JWT002 NET001 SEC002 SEC004 SEC006 SEC007 SEC008"
    assert {*expected.split(), "XENV001", "XENV002", "XENV004"} <= told(made, canary)


def test_rules_about_variables_and_the_model_show_no_secret(own: MakeProject, canary: Canaries) -> None:
    made = own(
        {
            ".secrets.toml": f"""\
[production.app]
secret_key = ["{canary()}"]
secret_kye = "{canary()}"
[production.database]
host = "db.example.com"
password = {{ value = "{canary()}" }}
[[production.auth.tokens]]
name = "ci"
role = "viewer"
sha256 = "{canary()}"
""",
        }
    )
    environ = {
        "ASSAY_DATABASE__PASWORD": canary(),
        "ASSAY_DATABASE_PASSWORD": canary(),
        "ASSAY_HOOK_SECRET": canary.number(),
        "DATABASE_URL": f"postgresql://app:{canary()}@db.example.com/orders",
        "CORS_ORIGINS": f"https://u:{canary()}@a.example.com",
    }
    expected = "AUTH002 ENV001 ENV003 ENV004 TYP002 TYP003"
    assert {*expected.split()} <= told(made, canary, **environ)


def test_a_number_that_is_a_secret_is_not_shown(project: MakeProject, canary: Canaries) -> None:
    made = project({"assay.toml": FOREIGN, "settings.toml": "[production]\na = 1\n[development]\nb = 1\n"})
    environ = {"DYNACONF_HOOK_SECRET": canary.number(), "DYNACONF_API_TOKEN": f"{canary.number()} # {canary()}"}
    assert "ENV002" in told(made, canary, **environ)


def test_waived_findings_show_no_secret(project: MakeProject, canary: Canaries) -> None:
    waiver = 'waivers = [{ rule = "SEC002", key = "*", reason = "known", expires = "2026-12-31" }]\n'
    made = project({"assay.toml": FOREIGN + waiver, "settings.toml": f'[production]\napi_token = "{canary()}"\n'})
    assert "SEC002" not in told(made, canary)
    assert "waived: SEC002" in made.assay("check").out


def test_a_model_of_its_own_is_told_about_without_secrets(own: MakeProject, canary: Canaries) -> None:
    made = own({"assay.toml": OWN, ".secrets.toml": f'[production.app]\nsecret_key = "{canary()}"\n'})
    assert told(made, canary) & {"APP002", "TYP004"}
