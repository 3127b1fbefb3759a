"""Secrets do not leave by other doors: through references, names, broken files, models, or in another spelling."""

import base64
import html
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import MakeProject, ProjectFolder
from remembered import look, remember_in, variables

from app.database.target import Target

pytestmark = pytest.mark.usefixtures("quick_models")

SECRET = "Zq7Secret-9Kx2/Wm4"
NUMBER = 3041772999001
TOKEN = "gh" + "p_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
URL = f"postgresql://app:{SECRET.replace('/', '%2F')}@db.example/x"
PLAIN = "[production]\na = 1\n[development]\na = 1\n[default]\n"
DB = f'[default.db]\npassword = "{SECRET}"\nhost = "h"\n'

CALLS = [
    *(["check", "--fail-level", "info", "--format", one] for one in ("text", "json", "sarif", "junit", "github")),
    *(["show", "production", "--format", one] for one in ("text", "json")),
    *(["matrix", "--format", one] for one in ("text", "json")),
    ["diff", "development", "production", "--all", "--format", "json"],
]


def spellings(secret: object) -> Iterator[str]:
    """How a secret could be written; pieces of it, too."""
    text = str(secret)
    yield from (text, text[:8], text[-8:], text[::-1], text.lower(), text.upper(), text.encode().hex())
    yield from (html.escape(text), json.dumps(text)[1:-1], urllib.parse.quote(text, safe=""))
    yield base64.b64encode(text.encode()).decode().rstrip("=")[:-1]
    if isinstance(secret, int):
        yield from (f"{secret:,}", f"{secret:_}", f"{secret:x}")


def leaked(made: ProjectFolder, *secrets: object, calls: Iterable[list[str]] = CALLS, **environ: str) -> list[str]:
    """What of the secrets every call shows."""
    said = []
    for call in calls:
        ran = made.assay(*call, **{"ENV_FOR_DYNACONF": "production", **environ})
        assert ran.status in {0, 1, 2}, ran.err
        said.append(ran.out + ran.err)
    return [spelled for secret in secrets for spelled in spellings(secret) for text in said if spelled in text]


def files(settings: str, **others: str) -> Mapping[str, str]:
    options = 'known_environments = ["development", "production"]\nload_dotenv = true\n'
    return {"assay.toml": options, "settings.toml": settings, **others}


def explained(*keys: str) -> list[list[str]]:
    return [["explain", key, "--env", "production", "--format", one] for key in keys for one in ("text", "json")]


REFERENCES = [
    "@format {this.db}", "@format {this.DB}", "@format {this[db][password]}", "@format {this.db[password]!r:>40}",
    "@get db", "@get db.password", "@format {this.db.password[0]}{this.db.password[1]}", "@format {this.c}",
    "@format {this.tokens}", "@format {this.tokens.x}", "@format {this.tokens.x[0]}", "@format {this.pin:,}",
    "@format {this.pin:x}", "@format {env[PLAIN]}", "@format {env[GIVEN]}", "@format {this.placed}",
    "@format {this.placed.x}", "@get placed", "@format {env[FROM_FILE]}",
]  # fmt: skip


@pytest.mark.parametrize("reference", REFERENCES)
def test_whatever_refers_to_a_secret_is_one(project: MakeProject, reference: str) -> None:
    settings = (
        f'{PLAIN}copy = "{reference}"\nlisted = ["{reference}"]\nc = "@format {{this.db}}"\npin = {NUMBER}\n'
        f'{DB}[default.tokens]\nx = ["{SECRET}"]\n'
    )
    dotenv = f"PLAIN=x${{DB_PASSWORD}}\nFROM_FILE={SECRET}\n"
    secrets = {".env": dotenv, ".secrets.toml": f'[production.placed]\nx = "{SECRET}"\n'}
    made = project(files(settings, **secrets))
    environ = {"DB_PASSWORD": SECRET, "GIVEN": SECRET, "DYNACONF_V": reference, "DYNACONF_W__X": f'["{reference}"]'}
    calls = [*CALLS[:2], *CALLS[5:], *explained("copy", "listed", "v", "w")]
    assert leaked(made, SECRET, NUMBER, calls=calls, **environ) == []


def test_a_reference_to_a_table_with_a_secret_hides_no_other_table(project: MakeProject) -> None:
    settings = PLAIN + 'copy = "@format {this.web}"\nall = "@get db"\n[default.web]\nhost = "visible"\n' + DB
    shown = project(files(settings)).assay("show", "production", "--format", "json").json["values"]
    values = {one["key"]: one["value"] for one in shown}
    assert values["copy"] == "{'host': 'visible'}"
    assert (values["all.host"], values["all.password"]) == ("h", None)


def test_what_repeats_a_secret_is_one(project: MakeProject) -> None:
    settings = f'{PLAIN}copy = "{SECRET}"\naddress = "http://h/{SECRET}/y"\n"{SECRET}" = 1\n{DB}'
    assert leaked(project(files(settings)), SECRET) == []


NAMED = [
    f'"{TOKEN}" = 1\n', f'[default."{TOKEN}"]\nb = 1\n', f'["{TOKEN}"]\nb = 1\n', f'"{URL}" = 1\n',
    f'["{URL}"]\nb = 1\n', f'[default."{URL}"]\nb = 1\n[production."{URL}"]\nb = 2\nc = "@int x"\n',
]  # fmt: skip


@pytest.mark.parametrize("named", NAMED)
def test_a_name_that_is_a_secret_is_masked(project: MakeProject, named: str) -> None:
    made = project(files(PLAIN + named, **{f"settings/{TOKEN}.toml": "[production]\nq = 1\n"}))
    assert leaked(made, TOKEN, SECRET) == []


def test_an_environment_whose_name_is_a_secret_is_masked(project: MakeProject) -> None:
    made = project({"settings.toml": f'{PLAIN}["{URL}"]\nb = 1\n'})
    assert leaked(made, SECRET) == []


BROKEN = [
    '[production.passwords]\nx = "{}" oops\n', '[production.credentials]\n"a b" = "{}" oops\n',
    '[production]\nx = ["{}",\n"{}",\noops\n', '[production]\ntext = """\n{} = 3\nfoo\n',
    '[production]\nx = {{ y = "{}" oops\n', "[production]\n# {}\nx = \n", '[production]\nx = "{}\n',
    '[production]\nhost = "{}" "{}"\n', '[production]\n"{}" = 1 2\n', '[production."{}"\n', "[production]\n{} = = \n",
    '[production]\napi = """\n[{}\n',
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", [".secrets.toml", "settings/production.toml"])
def test_of_a_file_that_does_not_parse_structure_alone_is_shown(project: MakeProject, broken: str, name: str) -> None:
    made = project(files(PLAIN, **{name: broken.format(*[SECRET] * 2)}))
    assert leaked(made, SECRET, calls=CALLS[:5]) == []


@pytest.mark.parametrize(
    ("broken", "shown"),
    [("port = 1 2", "port = ***"), ("  db.port = x", "  db.port = ***"), ("[production.db", "[production.db")],
)
def test_the_key_of_a_line_that_does_not_parse_is_shown(project: MakeProject, broken: str, shown: str) -> None:
    assert f"| {shown}" in project(files(PLAIN, **{"settings/p.toml": f"[production]\n{broken}\n"})).assay("check").out


HEAD = f"""\
import base64, enum, urllib.parse
from typing import Literal
from pydantic import AnyUrl, BaseModel, Field, PostgresDsn, SecretStr, field_validator, model_validator
S = {SECRET!r}
"""


def modelled(project: MakeProject, body: str, settings: str = "") -> ProjectFolder:
    options = 'known_environments = ["development", "production"]\nschema = "m:M"\n'
    return project({"assay.toml": options, "m.py": HEAD + body, "settings.toml": PLAIN + settings})


SCHEMAS = [
    "  api_key: SecretStr = SecretStr(S)\n  password: str = S\n  y: SecretStr = Field('a', examples=[S])\n",
    "  password: str = Field('', examples=[S], pattern='^' + S, description='e.g. ' + S, title=S)\n",
    "  password: Literal[S, 'b'] = 'b'\n  token: Literal[S] = S\n  secret_key: E = E.a\n",
    "  api_keys: list[E] = [E.a]\n  tokens: dict[str, E] = {'x': E.a}\n  t: tuple[SecretStr] = (SecretStr(S),)\n",
    "  db: I = I()\n  dbs: list[I] = [I()]\n  u: I | None = I()\n  w: dict[str, I] = {'k': I()}\n",
    "  url: str = f'postgres://a:{S}@h/x'\n  e: str = Field('', title=f'pg://a:{S}@h')\n  password: str = S\n",
]  # fmt: skip
MARKED = [
    "  x: A | None = S\n  y: A = S\n  z: list[A] = [S]\n  d: dict[str, A] = {'k': S}\n",
    "  x: J = J(a=S)\n  y: list[J] = [J(a=S)]\n  z: T = S\n  d: dict[str, T] = Field({'k': S}, examples=[{'k': S}])\n",
    "  x: str | None = Field(S, json_schema_extra={'writeOnly': True})\n  y: tuple[A, int] = (S, 1)\n",
    "  x: K = Field(K(b=S), json_schema_extra={'writeOnly': True})\n  y: A = Field('', examples=[S], description=S)\n",
    "  x: J = Field(J(), json_schema_extra={'examples': [{'a': S}]})\n  y: A | T = Field('', title=f'as {S}')\n",
]  # fmt: skip
MARKS = """\
from pydantic import WithJsonSchema
from typing import Annotated
from typing_extensions import TypeAliasType
A = Annotated[str, WithJsonSchema({'type': 'string', 'format': 'password'})]
T = TypeAliasType('T', A)
class J(BaseModel):
  a: A = 'x'
class K(BaseModel):
  b: str = S
class M(BaseModel):
  n: int = 1
"""


@pytest.mark.parametrize("fields", MARKED)
def test_no_schema_tells_the_value_of_what_is_a_secret_by_a_mark_alone(project: MakeProject, fields: str) -> None:
    made = modelled(project, MARKS + fields, f'x = "{SECRET}"\n')
    assert leaked(made, SECRET, calls=[["schema"], ["schema", "--layer"], CALLS[1], CALLS[6]]) == []


DEFINED = """\
class E(str, enum.Enum):
  a = S
  b = 'x'
class I(BaseModel):
  password: str = S
  model_config = {'json_schema_extra': {'examples': [{'password': S}], 'default': {'password': S}}}
class M(BaseModel):
  a: int = 1
"""


@pytest.mark.parametrize("fields", SCHEMAS)
def test_no_schema_tells_what_a_secret_may_be(project: MakeProject, fields: str) -> None:
    made = modelled(project, DEFINED + fields)
    assert leaked(made, SECRET, calls=[["schema"], ["schema", "--layer"]]) == []


def test_a_schema_tells_all_else(project: MakeProject) -> None:
    fields = (
        "  level: Literal['low', 'high'] = 'low'\n"
        "  name: str = Field('orders', pattern='^[a-z]+$', examples=['shop'], description='of the shop')\n"
        "  password: SecretStr = Field(SecretStr(S), min_length=12, description='for the shop')\n"
    )
    said = modelled(project, DEFINED + fields).assay("schema").json["properties"]
    assert (said["level"]["enum"], said["level"]["default"]) == (["low", "high"], "low")
    assert (said["name"]["pattern"], said["name"]["examples"]) == ("^[a-z]+$", ["shop"])
    assert (said["password"]["minLength"], said["password"]["description"]) == (12, "for the shop")


MALFORMED = """\
class M(BaseModel):
  a: int = 1
  api_hosts: list[SecretStr] = []
  api: SecretStr = 'a'
  z: SecretStr | None = None
  u: list[list[SecretStr]] = []
  d: dict[str, SecretStr] = {}
  dsn: PostgresDsn = 'postgres://h/x'
  any: AnyUrl = 'http://h'
  innocent: SecretStr = 'x'
"""
VALUES = f"""\
api_hosts = "{SECRET}"
z = {{ x = "{SECRET}" }}
u = ["{SECRET}"]
d = "{SECRET}"
dsn = "postgres://a:{SECRET}@[h/x"
any = "http//u:{SECRET}@x:99999999"
inocent = "{SECRET}"
[default.api]
v = "{SECRET}"
"""
KEYS = ("api_hosts", "api", "z", "u", "d", "dsn", "any", "inocent")


def test_a_malformed_value_where_the_model_has_a_secret_is_one(project: MakeProject) -> None:
    made = modelled(project, MALFORMED, VALUES)
    assert leaked(made, SECRET, calls=[*CALLS[:2], CALLS[5], *explained(*KEYS)]) == []


FAULTS = ["raise RuntimeError('boom')", "import notthere", "raise RuntimeError(S[:9])", "raise KeyError(S[:9])"]


@pytest.mark.parametrize("fault", FAULTS)
def test_where_the_model_cannot_be_asked_only_what_is_known_to_be_open_is_shown(
    project: MakeProject, fault: str
) -> None:
    made = modelled(project, f"{MALFORMED}{fault}\n", f'innocent = "{SECRET}"\ndebug = true\nlog_level = "info"\n')
    assert leaked(made, SECRET, calls=[*CALLS[:2], CALLS[6], *explained("innocent")]) == []
    shown = made.assay("show", "production", "--format", "json").json["values"]
    assert {one["key"]: one["value"] for one in shown} == {
        "a": 1,
        "debug": True,
        "innocent": None,
        "log_level": "info",
    }


ENDINGS = [
    *(f"raise RuntimeError({said})" for said in ("S", "S[:9]", "S[-9:]", "repr(S)", "'-'.join(S)", "S.upper()")),
    "raise ModuleNotFoundError(f'No module named {S[:9]!r}')", "raise SystemExit(S[:9])",
    "import os; print(S[:9], flush=True); os._exit(3)", "class M(BaseModel):\n  a: Literal[1] = int(S[:9])",
]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("settings", ["", f'innocent = "{SECRET}"\n'])
def test_a_model_that_ends_with_a_secret_tells_where_and_not_what(
    project: MakeProject, ending: str, settings: str
) -> None:
    made = modelled(project, f"{ending}\n", settings)
    assert leaked(made, SECRET, SECRET[:9], SECRET[-9:], "-".join(SECRET), calls=[CALLS[1], CALLS[5]]) == []
    said = made.assay("check").err
    assert "cannot be imported" in said or "ends its process" in said


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("1 / 0", "ZeroDivisionError at m.py:5: division by zero."),
        ("import no_such.module", "ModuleNotFoundError at m.py:5: No module named 'no_such'."),
        ("import os; os.environ['DATABASE_URL']", "KeyError at m.py:5: 'DATABASE_URL'."),
        ("raise SystemExit(3)", "it ends the process at m.py:5 (exit status 3)."),
        ("raise RuntimeError('the shop is closed, PostgreSQL too')", "m.py:5: the shop is closed, PostgreSQL too."),
    ],
)
def test_the_plain_words_of_a_model_that_cannot_be_asked_are_shown(
    project: MakeProject, ending: str, told: str
) -> None:
    assert told in " ".join(modelled(project, f"{ending}\n").assay("check").err.split())


SAID = [
    "v", "v[:8]", "v[-8:]", "v[::-1]", "repr(v)", "v.upper()", "v.lower()", "urllib.parse.quote(v, safe='')",
    "base64.b64encode(v.encode()).decode()", "'x' * 1995 + v", "v.encode().hex()", "' '.join(v)", "f'{hash(v):,}'",
]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_a_validator_cannot_tell_a_secret_in_any_spelling(project: MakeProject, said: str) -> None:
    body = (
        "class M(BaseModel):\n  a: int = 1\n  password: str\n  pin: int = 1\n"
        "  @field_validator('password')\n  @classmethod\n  def c(cls, v):\n"
        f"    raise ValueError('is not at least 24 long: ' + {said})\n"
        "  @field_validator('pin')\n  @classmethod\n  def p(cls, p):\n"
        "    raise ValueError(f'is {p:,} or {p:x} or {p:e}')\n"
    )
    made = modelled(project, body, f'password = "{SECRET}"\npin = {NUMBER}\n')
    assert leaked(made, SECRET, " ".join(SECRET), NUMBER, "3.04177", calls=CALLS[:2]) == []


def test_a_validators_plain_words_about_a_secret_are_shown(project: MakeProject) -> None:
    body = (
        "class M(BaseModel):\n  a: int = 1\n  password: str\n"
        "  @field_validator('password')\n  @classmethod\n  def c(cls, v):\n"
        "    raise ValueError('the password must be at least 24 characters, please')\n"
    )
    told = modelled(project, body, f'password = "{SECRET}"\n').assay("check").out
    assert "the password must be at least 24 characters, please" in told


def test_what_became_a_secret_is_masked_in_what_was_recorded(project: MakeProject, tables: Target) -> None:
    """Before, the key had no role, and no place among secrets."""
    settings = f'[production]\nmaterial = "{SECRET}"\nendpoint = "{SECRET}"\n'
    made = project(files(settings))
    environ = {"ENV_FOR_DYNACONF": "production"}
    first = look(made, 0, environ)
    made.write({"settings.toml": settings.replace(SECRET, "other-visible")})
    remember_in(tables, *first, *look(made, 1, environ))
    made.write({"assay.toml": 'roles = { material = "secret", endpoint = "token" }\n'})
    environ |= variables(tables)
    listed = made.assay("history", "list", "--env", "production", "--format", "json", **environ)
    newest, *older = [one["id"] for one in listed.json["snapshots"]]
    calls = [
        ["history", *call, "--format", one]
        for call in (
            ["list"], ["show", newest], ["show", older[-1]], ["diff", older[-1], newest, "--all"],
            ["diff", older[-1], "now"], ["key", "material", "--env", "production"],
        )
        for one in ("text", "json")
    ]  # fmt: skip
    assert leaked(made, SECRET, "other-visible", calls=calls, **environ) == []


SECRETS = st.text("aZq7Kx29_Wm4%&<>'éß", min_size=10, max_size=24).filter(lambda text: len(set(text)) > 7)
PLACES = ("password", "api_key", "material", "items", "header", "link")


@st.composite
def secretive(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """A project some of whose leaves are secret: by name, by role, by place, by value or by reference."""
    secret = draw(SECRETS)
    lines = [
        PLAIN,
        f"password = {json.dumps(secret)}",
        f"t = [1, {json.dumps(secret)}]",
        f"by_role = {json.dumps(secret)}",
    ]
    by = draw(st.lists(st.sampled_from(PLACES), unique=True, min_size=1))
    for number, place in enumerate(by):
        reference = draw(st.sampled_from(["{this.password}", "{this.s.inner}", "{this.s}", "{this.by_role}"]))
        text = f"@format x{reference}" if place != "items" else secret
        lines.append(f"k{number} = {json.dumps(text)}")
    options = 'known_environments = ["development", "production"]\nroles = { by_role = "secret" }\n'
    placed = f"[production.s]\ninner = {json.dumps(secret)}\n"
    return {"assay.toml": options, "settings.toml": "\n".join(lines) + "\n", ".secrets.toml": placed}, [secret]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=secretive())
def test_no_output_shows_what_is_secret_for_whatever_reason(made: Any, project: MakeProject) -> None:
    contents, secrets = made
    folder = project({}, name="drawn").write(contents)
    said = [folder.assay(*call, ENV_FOR_DYNACONF="production") for call in CALLS]
    for secret in secrets:
        whole = [one for one in spellings(secret) if len(one) >= len(secret)]
        assert [one for one in whole for ran in said if one in ran.out + ran.err] == []
