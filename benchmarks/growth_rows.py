"""What is measured in growth.py: for each parser and each output the hostile input of a size, and the work on it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.checking.baseline import read_baseline
from app.cli import run
from app.core import dsn
from app.core.errors import AssayError
from app.core.layers import dotted, parse_key
from app.modelling.described import defaults_of_schema, shape_of_schema
from app.probing.request import question
from app.project.workspace import Workspace, open_workspace
from app.settings.auth import TokenSettings
from app.watching.project_snapshot import ProjectSnapshot
from app.web.http.problems import ProblemError
from app.web.page.query import Asked, read
from app.web.page.reading import PageReading
from app.web.page.rendering import encoded
from app.web.page.views import Facts, main_part, panel_part
from app.web.security.access import identify
from app.web.security.sessions import Sessions

OPTIONS = 'settings_files = ["settings.toml"]\nknown_environments = ["production", "development"]\n'
DEFAULT, PRODUCTION = "[default]\n", "[production]\nk = 2\n"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

type Files = Mapping[str, str]
type Shape = Callable[[int], tuple[Files, Mapping[str, str]]]
type Text = Callable[[int], str]
type Work = Callable[[], int]
type Prepare = Callable[[Path, int], Work]
"""Given a folder and a size, prepares the input; the work on it gives an exit status."""


def _command(shape: Shape, arguments: Callable[[int], Sequence[str]] = lambda _: ("check",)) -> Prepare:
    """A command in a project of that shape."""

    def prepare(folder: Path, size: int) -> Work:
        files, environ = shape(size)
        for file, text in {"assay.toml": OPTIONS, "settings.toml": DEFAULT + PRODUCTION, **files}.items():
            (folder / file).write_text(text, encoding="utf-8")
        if "config.py" in files:
            (folder / "assay.toml").unlink()
        return lambda: run(arguments(size), environ, folder, lambda: NOW)

    return prepare


def _always(*arguments: str) -> Callable[[int], Sequence[str]]:
    return lambda _: arguments


def _function(text: Text, work: Callable[[str], object]) -> Prepare:
    """A function that is given a text; that it refuses is an answer, too."""

    def prepare(_: Path, size: int) -> Work:
        given = text(size)

        def attempt() -> int:
            with suppress(AssayError, ProblemError):
                work(given)
            return 0

        return attempt

    return prepare


def _settings(text: Text) -> Prepare:
    return _command(lambda size: ({"settings.toml": DEFAULT + text(size) + PRODUCTION}, {}))


def _variable(text: Text, name: str = "DYNACONF_K") -> Prepare:
    return _command(lambda size: ({}, {name: text(size)}))


def _dotenv(text: Text) -> Prepare:
    return _command(lambda size: ({"assay.toml": f"{OPTIONS}load_dotenv = true\n", ".env": text(size)}, {}))


def _options(text: Text) -> Prepare:
    return _command(lambda size: ({"assay.toml": OPTIONS + text(size)}, {}))


def _code(before: Text, arguments: Text = lambda _: "") -> Prepare:
    call = 's = Dynaconf(settings_files=["settings.toml"], environments=True, '
    head = "from dynaconf import Dynaconf, Validator\n"
    return _command(lambda size: ({"config.py": f"{head}{before(size)}{call}{arguments(size)})\n"}, {}))


def _deployed(text: Text, file: str = "deploy.yaml") -> Prepare:
    options = f'{OPTIONS}deployments = {{ production = "{file}" }}\n'
    return _command(lambda size: ({"assay.toml": options, file: text(size)}, {}))


def _model(size: int) -> tuple[Files, Mapping[str, str]]:
    fields = _many("    key{0}: int = {0}\n")(size)
    code = f"from pydantic import BaseModel\nclass Settings(BaseModel):\n{fields}"
    return {"assay.toml": f'{OPTIONS}schema = "model:Settings"\n', "model.py": code}, {}


def _many(line: str) -> Text:
    """A line with `{}` for its number, so often that the size is reached."""
    return lambda size: "".join(line.format(number) for number in range(size // (len(line) + 2)))


def _between(before: str, text: Text, behind: str = "") -> Text:
    return lambda size: before + text(size) + behind


def _repeated(piece: str) -> Text:
    return lambda size: piece * (size // len(piece))


def _double(number: int) -> str:
    return f"A{number + 1}=${{A{number}}}${{A{number}}}\n"


def _merge(number: int) -> str:
    return f"x-l{number + 1}: &l{number + 1} {{<<: [{f'*l{number},' * 3}]}}\n"


def _waiver(number: int) -> str:
    return f'[[waivers]]\nrule = "DB001"\nkey = "k{number}"\nreason = "x"\nexpires = "2099-01-01"\n'


def _schema(size: int) -> str:
    fields = {f"key{number}": {"type": "integer", "default": number} for number in range(size // 45)}
    return json.dumps({"type": "object", "properties": fields})


def _baseline(folder: Path, size: int) -> Work:
    entry = '{{"fingerprint":"sha256:{}","rule":"APP001","environment":"production","key":null}},'
    listed = _many(entry)(size).rstrip(",")
    file = folder / "baseline.json"
    file.write_text(f'{{"version":1,"findings":[{listed}]}}')
    return lambda: 0 if read_baseline(file) else 1


def _asked(body: str) -> object:
    """A probe's body, as the service reads it."""
    workspace: Workspace = open_workspace(Path(__file__).parents[1], {})
    return question(workspace, msgspec.json.decode(body), seconds=10)


def _described(schema: str) -> object:
    said = json.loads(schema)
    return shape_of_schema(said), defaults_of_schema(said)


_TOKENS = (TokenSettings(name="ci", role="viewer", sha256="0" * 64),)
_SESSIONS = Sessions(b"key", lambda: NOW)


def _signed_in(cookie: str) -> object:
    return identify({"cookie": cookie}, "127.0.0.1", _TOKENS, _SESSIONS)


_CONTAINER = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: api\n    env:\n"
_SERVICE = "services:\n  api:\n    environment:\n"
_CONFIG_MAP = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{0}}}\ndata: {{DYNACONF_K{0}: x}}\n"
_MERGED = "services: {a: {environment: *l99}}\n"
_SHARING = "  s{}: {{environment: *c}}\n"
_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n"
_KEY = "    - {{name: DYNACONF_K{0}, valueFrom: {{configMapKeyRef: {{name: m, key: K{0}}}}}}}\n"
_ANCHORS = "services:\n  a: &a0 {environment: {DYNACONF_K: x}}\n"

PARSERS: Mapping[str, Prepare] = {
    "TOML, one long text": _settings(lambda size: f'k = "{"a" * size}"\n'),
    "TOML, a text of URLs": _settings(lambda size: f'k = "{"http://a:b@" * (size // 11)}"\n'),
    "TOML, a long line that does not parse": _settings(lambda size: f'k = "{"a" * size}\n'),
    "TOML, many lines that do not parse": _settings(_repeated("k = \n")),
    "TOML, headers in a file that does not parse": _settings(_many("[a{}]\nk = \n")),
    "TOML, many keys": _settings(_many("key{} = 1\n")),
    "TOML, many secrets": _settings(_many('key{}_password = "changeme"\n')),
    "TOML, many connections": _settings(_many('db{0}_url = "postgresql://h/{0}"\ndb{0}_name = "x"\n')),
    "TOML, many sections": _settings(_many("[section{}]\nk = 1\n")),
    "TOML, a long array": _settings(lambda size: f"k = [{'1,' * (size // 2)}]\n"),
    "TOML, deep arrays": _settings(lambda size: f"k = {'[' * (size // 2)}{']' * (size // 2)}\n"),
    "TOML, a deep key": _settings(lambda size: f"a{'.a' * (size // 2)} = 1\n"),
    "TOML, a long number": _settings(lambda size: f"k = {'1' * size}\n"),
    "TOML, references to themselves": _settings(_many('k{0} = "@format {{this.k{0}}}"\n')),
    "TOML, references to one table": _settings(_between("[default.t]\n", _many('k{0} = "@format {{this.t}}"\n'))),
    "variable, a long list": _variable(lambda size: f"[{'1,' * (size // 2)}]"),
    "variable, commas": _variable(_repeated("a,")),
    "variable, brackets": _variable(_repeated("[")),
    "variable, escapes": _variable(lambda size: '"' + "\\" * size),
    "variable, digits": _variable(_repeated("1")),
    "variable, placeholders": _variable(_repeated("${")),
    "variable, a key of many parts": _command(lambda size: ({}, {f"DYNACONF_{'A__' * (size // 3)}B": "1"})),
    "variables, many": _command(lambda size: ({}, {f"DYNACONF_A__B{number}": "1" for number in range(size // 20)})),
    "variable, a connection URL": _variable(
        lambda size: f"postgres://{'a:' * (size // 2)}@h/x", "DYNACONF_DATABASE_URL"
    ),
    "URL, hosts": _function(_between("postgresql://u:p@", _repeated("h,"), "h/d"), dsn.parse),
    "URL, parameters": _function(_between("postgresql://u:p@h/d?", _repeated("a=b&")), dsn.parse),
    "URL, escapes": _function(_between("postgresql://u:", _repeated("%41"), "@h/d"), dsn.parse),
    "text, addresses": _function(_repeated("see http://a:b@c "), dsn.mask_addresses),
    "text, pairs": _function(_repeated("password=x; "), dsn.mask),
    "key, parts": _function(_repeated("a."), lambda text: dotted(parse_key(text) or ())),
    "key, quotes": _function(_repeated('"a\\"b".'), lambda text: dotted(parse_key(text) or ())),
    "key, asked for": _command(lambda _: ({}, {}), lambda size: ("explain", "a[1]" * (size // 4))),
    "request, a target": _function(_between('{"url":"postgresql://', _repeated("u:p@h,"), '"}'), _asked),
    "request, unknown fields": _function(_between("{", _many('"a{}":1,'), '"b":1}'), _asked),
    "request, a query": _function(_repeated("view=matrix&"), lambda text: read(text.encode())),
    "cookie, many": _function(_repeated("assay_session=a.b.c.d; "), _signed_in),
    "cookie, one": _function(_between("assay_session=", _repeated("a.")), _signed_in),
    ".env, nested references": _dotenv(lambda size: f"DYNACONF_A={'${A:-' * (size // 6)}{'}' * (size // 6)}\n"),
    ".env, references that double": _dotenv(lambda size: "A0=xxxxxxxx\n" + "".join(map(_double, range(size // 24)))),
    ".env, many lines": _dotenv(_many("A{}=1\n")),
    "options, waivers": _options(lambda size: "".join(map(_waiver, range(size // 80)))),
    "options, a long name of the model": _options(lambda size: f'schema = "{"a" * size}:B"\n'),
    "options, files": _options(lambda size: f"includes = [{'"a.toml",' * (size // 9)}]\n"),
    "options, a pattern": _options(lambda size: f'deployed = ["{"*a" * (size // 2)}"]\n'),
    "baseline": _baseline,
    "model, a schema": _function(_schema, _described),
    "model, many fields": _command(_model),
    "code, validators": _code(lambda _: "", _between("validators=[", _many('Validator("K{}", ne=1),'), "]")),
    "code, functions": _code(_many("def f{0}(**k):\n    return Dynaconf(**k)\nx{0} = f{0}(a=1)\n")),
    "code, a long list": _code(_between("A = [", _repeated("1,"), "]\n"), lambda _: "x=A"),
    "code, names for names": _code(_between("A0 = 1\n", _many("B{0} = A0\n")), lambda _: "x=B9"),
    "code, keys that are read": _code(lambda _: "", lambda size: f")\n{_many('print(s.key{})')(size)}\nprint(1"),
    "manifest, variables": _deployed(_between(_CONTAINER, _many('    - {{name: DYNACONF_K{}, value: "1"}}\n'))),
    "manifest, documents": _deployed(_between(_CONTAINER, _many(_CONFIG_MAP))),
    "manifest, references": _deployed(
        _between(f"{_CONTAINER}    - name: DYNACONF_K\n      value: ", _repeated("$(A)"))
    ),
    "manifest, keys of a map": _deployed(
        lambda size: f"{_MAP}{_many('  K{}: x\n')(size // 5)}---\n{_CONTAINER}{_many(_KEY)(size * 4 // 5)}"
    ),
    "manifest, brackets": _deployed(_between("apiVersion: v1\nkind: Pod\nspec: ", _repeated("["))),
    "Compose, variables": _deployed(_between(_SERVICE, _many("      DYNACONF_K{}: x\n"))),
    "Compose, references": _deployed(_between(f"{_SERVICE}      DYNACONF_K: ", _repeated("${A:-"))),
    "Compose, anchors": _deployed(_between(_ANCHORS, _many("  b{0}: {{<<: *a0}}\n"))),
    "Compose, merge keys": _deployed(
        lambda size: f"x-l0: &l0 {{K: x}}\n{''.join(map(_merge, range(size // 40)))}{_MERGED}"
    ),
    "Compose, what services share": _deployed(
        lambda size: f"x-c: &c {{{_many('DYNACONF_K{}: x,')(size // 2)}}}\nservices:\n{_many(_SHARING)(size // 2)}"
    ),
    "unit, assignments": _deployed(_between("[Service]\n", _many("Environment=DYNACONF_K{}=x\n")), "orders.service"),
    "unit, backslashes": _deployed(_between("[Service]\nEnvironment=", _repeated("\\")), "orders.service"),
    "Dockerfile, stages": _deployed(
        _between("FROM x AS s0\n", _many("FROM s{0} AS t{0}\nENV DYNACONF_K{0}=x\n")), "Dockerfile"
    ),
    "Dockerfile, references": _deployed(_between("FROM x\nENV A=x\nENV B=", _repeated("$A")), "Dockerfile"),
    "dump, lines": _deployed(_between("ENV_FOR_DYNACONF=production\n", _many("DYNACONF_K{}=x\n")), "process.dump"),
    "dump, one long value": _deployed(_between("DYNACONF_K=x\n", _repeated("more\n")), "process.dump"),
    "dump, JSON": _deployed(_between('{"A":"x"', _many(',"DYNACONF_K{}":"x"'), "}"), "process.json"),
}


def _findings(size: int) -> tuple[Files, Mapping[str, str]]:
    """Many findings, and a long text that every output has to escape."""
    secrets = _many('key{}_password = "changeme"\n')(size // 2)
    return {"settings.toml": f'{DEFAULT}{secrets}k = "{"é<&" * (size // 8)}"\n{PRODUCTION}'}, {}


def _page(view: str, key: str = "") -> Prepare:
    """A view of the page, with the panel of a key."""

    def prepare(folder: Path, size: int) -> Work:
        _command(_findings)(folder, size)
        reading = PageReading(ProjectSnapshot(number=1, mark=(), loaded_at=NOW, readable=open_workspace(folder, {})))
        asked = Asked(view=view, key=key)

        def render() -> int:
            shown = main_part(reading, asked, (), Facts(role="viewer"))
            parts: Iterable[str] = (shown.html, panel_part(reading, asked, None, may_edit=False).html)
            return len([encoded(part) for part in parts]) and 0

        return render

    return prepare


OUTPUTS: Mapping[str, Prepare] = {
    name: _command(_findings, _always(*arguments))
    for name, arguments in {
        "report as text": ("check",),
        "report as JSON": ("check", "--format", "json"),
        "report as SARIF": ("check", "--format", "sarif"),
        "report as JUnit": ("check", "--format", "junit"),
        "report for GitHub": ("check", "--format", "github"),
        "values": ("show", "production", "--format", "json"),
        "values as text": ("show", "production"),
        "explanation": ("explain", "k", "--format", "json"),
        "difference": ("diff", "default", "production", "--format", "json"),
        "matrix": ("matrix", "--format", "json"),
        "matrix as text": ("matrix",),
    }.items()
} | {
    "page, overview": _page("overview"),
    "page, findings": _page("findings"),
    "page, matrix": _page("matrix", "k"),
}
