"""Small projects with a model of their own, and what goes wrong in them, made at random from a number.

What is left out: a template that fails when it is evaluated (Assay evaluates none, and warns with SRC014), a section
that is not there for the active environment (refused by design, SRC005), a variable that turns environments off (no
environment is then the one that runs: SRC022 and SRC023), drivers that are or are not installed, and `postgres://`,
which libpq and asyncpg take, where nothing tells that SQLAlchemy reads it.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

GOOD = "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require"
URLS = (
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example:6432/orders?ssl=disable",
    "postgresql+asyncpg://app:p%40ss%2Fword9@db.orders.example/orders?ssl=prefer",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?sslmode=require",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=required",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example:port/orders",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example:/orders?ssl=require",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&timeout=3",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&colour=blue",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&application_name=a",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&connect_timeout=5",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&sslmode",
    "postgresql+asyncpg://app:Kq7v%A5z4%zz@db.orders.example/orders?ssl=require",
    "postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders?ssl=require&user=shop&password=Xw3nR8tYb5",
    "postgresql+asyncpg://app:Kq7vN2xPz4@[::1/orders",
    "postgresql+asyncpg:/app@db.orders.example/orders",
    "postgresql+asyncpgg://app@db.orders.example/orders",
    "postgres://app:Kq7vN2xPz4@db.orders.example/orders",
    "'postgresql+asyncpg://app:Kq7vN2xPz4@db.orders.example/orders'",
    "db.orders.example:5432",
    "orders",
    "localhost",
    "",
)

MODEL = """\
from pydantic import BaseModel, Field


class Pool(BaseModel):
    model_config = {{"extra": "{extra}"}}
    size: int = Field({size}ge=1, le=100)
    timeout: float{timeout}


class Settings(BaseModel):
    model_config = {{"extra": "{extra}"}}
    name: str
    port: int = Field({port}ge=1, le=65535)
    debug: bool = False
    ratio: float = 0.5
    tags: list[str] = []
    database_url: str
    pool: Pool{pool}
"""


CODE = """\
from dynaconf import Dynaconf, Validator

RULES = [{rules}]
settings = Dynaconf(settings_files={files!r}, validators=RULES)
"""
VALIDATORS = (
    'Validator("PORT", must_exist=True)',
    'Validator("PORT", lte=9000)',
    'Validator("PORT", gte=9050, env="qa")',
    'Validator("port", is_type_of=int)',
    'Validator("PORT", cast=str, startswith="9")',
    'Validator("NAME", cast=str, is_in=["orders", "shop"])',
    'Validator("NAME", "DEBUG", default="1")',
    'Validator("DATABASE_URL", startswith="postgresql")',
    'Validator("POOL.SIZE", gte=1, lte=50)',
    'Validator("pool__timeout", default=3)',
    'Validator("POOL", must_exist=True, is_type_of=dict)',
    'Validator("TAGS", len_min=1)',
    'Validator("TAGS", default=["x"], cont="a")',
    'Validator("DEBUG", must_exist=False)',
    'Validator("RATIO", default=0.25)',
    'Validator("REGION", default="eu")',
    'Validator("PORT", eq=1, when=Validator("DEBUG", eq=True))',
    'Validator("NAME", eq="x") | Validator("PORT", ne=80)',
    'Validator("MISSING", must_exist=True) & Validator("PORT", gt=1)',
    'Validator("MISSING", must_exist=True, env="staging")',
)
"""What code demands of these projects, here and there in vain."""


@dataclass(kw_only=True)
class Case:
    """One project, and the process that is to start in it.

    Attributes:
        environment: the one that it runs with.
        options: of Dynaconf, and of Assay.
        tables: what the files say, by file and section; then their text.
        environ: the variables.
        model: what is filled into the model.
        faults: what was done to it.
        texts: what is done to the text of a file.
        others: further files.
        beside: what else the switch names.
        plain: whether the files have the base section alone.
    """

    environment: str
    options: dict[str, Any]
    tables: dict[str, dict[str, dict[str, Any]]]
    environ: dict[str, str]
    model: dict[str, str]
    faults: list[str] = field(default_factory=list)
    texts: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    beside: str = ""
    plain: bool = False

    @property
    def switched(self) -> str:
        """What the switch names."""
        return f"{self.environment}{self.beside}"

    @property
    def asked(self) -> str:
        """The environment that the process runs with: a forced one, whatever the switch names."""
        return self.environ.get("FORCE_ENV_FOR_DYNACONF", self.switched)

    @property
    def prefix(self) -> str:
        """What a variable's name begins with."""
        given = self.options.get("envvar_prefix", "DYNACONF")
        return "" if given is False else f"{given.split(',')[-1]}_"

    @property
    def files(self) -> dict[str, bytes]:
        """The project as it is written."""
        kept = {name: self._kept(tables) for name, tables in self.tables.items()}
        found = {name: text(tables).encode() for name, tables in kept.items()}
        found = {name: self.texts.get(name, bytes)(content) for name, content in found.items()}
        options = {**self.options, "schema": "model:Settings"}
        return {
            **found,
            **self.others,
            "model.py": MODEL.format(**self.model).encode(),
            "assay.toml": text({"": options}).encode(),
        }

    def _kept(self, tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {name: table for name, table in tables.items() if not self.plain or name in {"", "default", "global"}}


def text(tables: Mapping[str, Any]) -> str:
    """TOML: the keys of each section, below its header."""
    lines = []
    for section, table in tables.items():
        lines += [f"[{section}]"] if section else []
        lines += [f"{key} = {_written(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_written(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def make(number: int) -> Case:
    """The project of a number."""
    chance = random.Random(number)  # noqa: S311 - no secret
    case = _sound(chance)
    for fault in chance.choices(list(FAULTS), k=chance.choice((0, 1, 1, 1, 2))):
        case.faults.append(fault)
        FAULTS[fault](case, chance)
    return case


def make_validated(number: int) -> Case:
    """The project of a number, whose code has validators; none where they would judge what a template gives."""
    case, chance = make(number), random.Random(number)  # noqa: S311 - no secret
    if any("@jinja" in fault for fault in case.faults):
        return case
    rules = chance.sample(VALIDATORS, k=chance.choice((1, 2, 3)))
    files = case.options["settings_files"]
    case.others["config.py"] = CODE.format(files=files, rules=", ".join(rules)).encode()
    case.faults.append("validators")
    return case


def _sound(chance: random.Random) -> Case:
    environment = chance.choice(["development", "qa", "staging", "production"])
    options: dict[str, Any] = {"environments": True, "settings_files": ["settings.toml", ".secrets.toml"]}
    if chance.random() < 0.5:
        options["merge_enabled"] = True
    if chance.random() < 0.5:
        options["envvar_prefix"] = "SHOP"
    base = {"name": "orders", "port": 8000, "database_url": GOOD, "pool": {"size": 5, "timeout": 2.5}}
    tables: dict[str, dict[str, dict[str, Any]]] = {
        "settings.toml": {"default": base, environment: {"port": 9000, "tags": ["a"]}},
        ".secrets.toml": {environment: {}},
    }
    for other in ("development", "qa", "staging", "production"):
        tables["settings.toml"].setdefault(other, {"port": 9100})
    if chance.random() < 0.3:
        tables[".secrets.toml"][environment]["database_url"] = GOOD
    model = {
        "extra": chance.choice(["forbid", "ignore", "allow"]),
        "size": chance.choice(["", "default=3, "]),
        "timeout": chance.choice(["", " = 1.0"]),
        "port": chance.choice(["", "default=80, "]),
        "pool": chance.choice(["", " = Pool(size=1, timeout=1)"]),
    }
    environ = {"ENV_FOR_DYNACONF": environment}
    return Case(environment=environment, options=options, tables=tables, environ=environ, model=model)


def _variable(case: Case, chance: random.Random) -> None:
    name, value = chance.choice([
        ("PORT", "7000"), ("PORT", "many"), ("PORT", "0"), ("PORT", "70000"), ("PORT", "8e3"), ("PORT", "'8000'"),
        ("PORT", "tcp://10.0.0.7:80"), ("PORT", ""), ("PORT", "@int 81"), ("PORT", "@int x"), ("PORT", "@str 81"),
        ("PORT", "8_000"), ("PORT", "0x1F"), ("PORT", "@float 81"), ("PORT", "@float 8.1"), ("PORT", "@none"),
        ("NAME", "12"), ("NAME", "true"), ("NAME", "4e71823"), ("NAME", "@str 4e71823"), ("NAME", "2026-01-01"),
        ("NAME", "shop"), ("NAME", "['a']"), ("NAME", "{a=1}"), ("NAME", "${X}"), ("NAME", "@format {env[HOST]}"),
        ("NAME", "@format {this.port}"), ("NAME", "@jinja {{ this.port }}"), ("NAME", '@json "x"'),
        ("NAME", "@json {"), ("NAME", "@empty"), ("NAME", "@del"), ("NAME", "@merge x"), ("NAME", "@bool x"),
        ("DEBUG", "yes"), ("DEBUG", "True"), ("DEBUG", "2"), ("DEBUG", "perhaps"), ("DEBUG", "off"),
        ("DEBUG", "@bool on"), ("RATIO", "fast"), ("RATIO", ".5"), ("RATIO", "1e999"), ("RATIO", "nan"),
        ("RATIO", "1"), ("RATIO", "@int 1"), ("TAGS", "a,b"), ("TAGS", "['a', 'b']"), ("TAGS", "['a', 1]"),
        ("TAGS", "@merge ['c']"), ("TAGS", "[1"), ("TAGS", "@merge c"), ("TAGS", "@merge c,d"),
        ("TAGS", "@insert 0 z"), ("TAGS", "[]"), ("POOL__SIZE", "30"), ("POOL__size", "30"), ("POOL__size", "none"),
        ("POOL__size", "0"), ("POOL__timeout", "x"), ("POOL__TIMEOUT", "x"), ("POOL", "{size=1}"),
        ("POOL", "{size=1, timeout=2}"), ("POOL", "5"), ("POOL", "{size=1"), ("POOL", "@merge {size=9}"),
        ("POOL", "@merge size=9"), ("POOL", "@del"), ("POOL__colour", "blue"),
        ("POOL", "{dynaconf_merge=true, size=7}"), ("POOL__size__x", "1"), ("NAME__x", "1"), ("TAGS___0", "z"),
        ("COLOUR", "blue"), ("name", "low"), ("Port", "81"), ("POOL_SIZE", "9"), ("POOL__", "9"),
    ])  # fmt: skip
    case.environ[f"{case.prefix}{name}"] = value
    case.faults.append(f"{name}={value}")


def _url(case: Case, chance: random.Random) -> None:
    url = chance.choice(URLS)
    case.faults.append(url)
    if chance.random() < 0.5 and not url.startswith(
        "postgres:"
    ):  # nothing else is a URL, so that nothing but the model tells that one belongs here
        for section in (section for tables in case.tables.values() for section in tables.values()):
            section.pop("database_url", None)
    if chance.random() < 0.4:
        case.environ[f"{case.prefix}DATABASE_URL"] = url
    else:
        case.tables[".secrets.toml"][case.environment]["database_url"] = url


def _value(case: Case, chance: random.Random) -> None:
    key, value = chance.choice([
        ("port", "many"), ("port", "81"), ("port", 0), ("port", 8.5), ("port", 8.0), ("port", True), ("port", [1]),
        ("port", "@int 81"), ("port", "@int x"), ("port", {}), ("name", 5), ("name", ["a"]), ("name", {"a": 1}),
        ("name", ""), ("name", "@format {env[HOST]}"), ("name", "@format {this.port}"), ("name", "@none"),
        ("debug", "yes"), ("debug", 2), ("debug", "perhaps"), ("ratio", "fast"),
        ("ratio", 1), ("ratio", "@float .5"), ("tags", "a"), ("tags", [1]), ("tags", ["@merge", "b"]),
        ("tags", ["dynaconf_merge", "b"]), ("tags", {}), ("pool", {"size": 5}), ("pool", {"timeout": 5}),
        ("pool", {"size": "x"}), ("pool", {"Size": 7}), ("pool", 5), ("pool", {"size": 7, "dynaconf_merge": True}),
        ("pool", {"dynaconf_merge": True}), ("pool", {}), ("pool", "@del"), ("pool", {"size": 500}),
        ("pool", {"size": 7, "dynaconf_merge": False}), ("pool", {"colour": "blue"}), ("pool", "@merge {size=9}"),
        ("POOL", {"size": 6}), ("Port", 81), ("PORT", 0), ("dynaconf_merge", True), ("colour", "blue"),
        ("pool__size", 7), ("pool__size", 0), ("pool.size", 7), ("pool__colour", 1), ("tags", "@merge b"),
    ])  # fmt: skip
    table = case.tables[chance.choice(["settings.toml", ".secrets.toml"])][case.environment]
    table[key] = value
    case.faults.append(f"{key} = {value}")


def _lost(case: Case, chance: random.Random) -> None:
    key = chance.choice(["name", "port", "pool", "database_url", "pool.size", "pool.timeout"])
    case.faults.append(key)
    table, _, leaf = key.rpartition(".")
    for tables in case.tables.values():
        for section in tables.values():
            found = section.get(table) if table else section
            if isinstance(found, dict):
                found.pop(leaf, None)


def _broken(case: Case, chance: random.Random) -> None:
    name = chance.choice(["settings.toml", ".secrets.toml"])
    how, damage = chance.choice([
        ("unfinished", lambda raw: raw + b"workers = \n"), ("unclosed", lambda raw: raw + b'x = "y\n'),
        ("twice", lambda raw: raw + b"x = 1\nx = 2\n"), ("no UTF-8", lambda raw: raw + b'x = "\xff"\n'),
        ("a mark", lambda raw: b"\xef\xbb\xbf" + raw), ("cut", lambda raw: raw[: len(raw) * 2 // 3]),
        ("UTF-16", lambda raw: raw.decode().encode("utf-16")), ("empty", lambda _: b""),
        ("a section twice", lambda raw: raw + b"[default]\ny = 1\n[default]\nz = 1\n"),
        ("YAML", lambda raw: raw + b"port: 80\n"), ("a NUL", lambda raw: raw + b"\x00"),
        ("Windows", lambda raw: raw.replace(b"\n", b"\r\n")), ("old Mac", lambda raw: raw.replace(b"\n", b"\r")),
        ("a tab", lambda raw: raw + b"\tz = 1\n"), ("a date", lambda raw: raw + b"z = 2026-13-41\n"),
        ("a large number", lambda raw: raw + b"z = 99999999999999999999\n"),
        ("a bare value", lambda raw: raw + b"z = yes\n"), ("TOML 1.1", lambda raw: raw + b"z = {a = 1,}\n"),
    ])  # fmt: skip
    case.texts[name] = damage
    case.faults.append(f"{name} {how}")


def _outside(case: Case, chance: random.Random) -> None:
    """Keys above the sections, a section that is no table, one of another case, one that is nobody's."""
    tables = case.tables["settings.toml"]
    name, table = chance.choice([
        ("", {"port": 81}), ("", {"colour": 1}), ("", {"dynaconf_merge": True}), ("global", {"port": 81}),
        ("global", {"port": "x"}), (case.environment.upper(), {"port": 82}), ("elsewhere", {"port": "x"}),
    ])  # fmt: skip
    case.tables["settings.toml"] = {name: table, **tables} if not name else {**tables, name: table}
    case.faults.append(f"[{name}] {table}")


def _options(case: Case, chance: random.Random) -> None:
    name, value = chance.choice([
        ("settings_files", ["settings.toml"]), ("settings_files", [".secrets.toml", "settings.toml"]),
        ("settings_files", ["settings.toml", ".secrets.toml", "local.toml"]), ("settings_files", "settings.toml"),
        ("settings_files", ["*.toml"]), ("settings_files", ["settings.toml", "assay.toml"]), ("environments", False),
        ("nested_separator", "_"), ("nested_separator", "___"), ("env_switcher", "SHOP_MODE"),
        ("env_switcher", "shop_mode"), ("default_env", "base"), ("envvar_prefix", False),
        ("envvar_prefix", "SHOP,SHELF"), ("ignore_unknown_envvars", True), ("env", "production"),
        ("merge_enabled", True), ("settings_files", ["settings.toml", ".secrets.toml", "extra.yaml"]),
    ])  # fmt: skip
    if name == "envvar_prefix":
        case.environ = {"ENV_FOR_DYNACONF": case.switched}  # the others had another prefix
    case.options[name] = value
    case.faults.append(f"{name}={value}")
    if name == "env_switcher":
        case.environ[str(value).upper()] = case.switched


def _dotenv(case: Case, chance: random.Random) -> None:
    """A `.env` file, which is loaded or not."""
    name, text = chance.choice([
        ("sound", "{p}PORT=7000\n"), ("wrong", "{p}PORT=many\n"), ("quoted", "{p}PORT='7000'\n"),
        ("a mark", "\ufeff{p}PORT=many\n"), ("a comment", "{p}NAME=a # b\n"), ("a space", "{p}PORT = 7000\n"),
        ("export", "export {p}PORT=0\n"), ("unknown", "{p}COLOUR=blue\n"), ("a word", "nothing\n"),
        ("two", '{p}NAME="a\nb"\n'), ("unclosed", '{p}NAME="a\n{p}PORT=x\n'), ("a reference", "{p}NAME=${{HOST}}\n"),
        ("nested", "{p}POOL__size=0\n"), ("a URL", "{p}DATABASE_URL=orders\n"), ("no value", "{p}PORT\n"),
    ])  # fmt: skip
    if chance.random() < 0.8:
        case.options["load_dotenv"] = True
    case.others[".env"] = text.format(p=case.prefix).encode()
    case.faults.append(f".env {name}")


def _files(case: Case, chance: random.Random) -> None:
    """Files that are there, or not, or are something else."""
    name, files, options = chance.choice([
        ("a local one", {"settings.local.toml": b"[default]\nport = 7000\n"}, {}),
        ("a wrong local one", {"settings.local.toml": b'[default]\nport = "x"\n'}, {}),
        ("a broken local one", {"settings.local.toml": b"port = \n"}, {}),
        ("a glob", {"conf.d/a.toml": b"[default]\nport = 0\n"}, {"settings_files": ["settings.toml", "conf.d/*.toml"]}),
        ("a broken glob", {"conf.d/a.toml": b"[default\n"}, {"settings_files": ["settings.toml", "conf.d/*.toml"]}),
        ("an include", {"more.toml": b"[default]\nport = 0\n"}, {"includes": ["more.toml"]}),
        ("a sound include", {"more.toml": b"[default]\nport = 7\n"}, {"includes": ["more.toml"]}),
        ("a broken include", {"more.toml": b"[default\n"}, {"includes": ["more.toml"]}),
        ("no include", {}, {"includes": ["more.toml"]}),
        ("a preload", {"before.toml": b"[default]\nname = 5\n"}, {"preload": ["before.toml"]}),
        ("a broken preload", {"before.toml": b"[default\n"}, {"preload": ["before.toml"]}),
        ("another secrets file", {"s.toml": b"[default]\nport = 0\n"}, {"secrets": "s.toml"}),
        ("a folder", {"local.toml/x": b""}, {"settings_files": ["settings.toml", "local.toml"]}),
        ("only absent ones", {}, {"settings_files": ["nothing.toml"]}),
        ("a folder above", {}, {"settings_files": ["./settings.toml", ".secrets.toml"]}),
        ("names in one text", {}, {"settings_files": "settings.toml,.secrets.toml"}),
        ("names by semicolons", {}, {"settings_files": "settings.toml;.secrets.toml"}),
    ])  # fmt: skip
    case.others |= files
    case.options |= options
    case.faults.append(name)


def _sections(case: Case, chance: random.Random) -> None:
    """Tables below sections, lists of tables, and sections that are none."""
    environment = case.environment
    name, more = chance.choice([
        ("a table", "[{e}.pool]\nsize = 7\n"), ("a wrong table", "[{e}.pool]\nsize = 700\n"),
        ("another case", "[{e}.Pool]\nsize = 7\n"), ("two of them", "[[{e}.pool]]\nsize = 7\n"),
        ("too deep", "[{e}.pool.size]\nx = 1\n"), ("a table for a text", "[{e}.name]\nx = 1\n"),
        ("unknown below", "[{e}.pool]\nsize = 7\ntimeout = 1\ncolour = 1\n"), ("quoted", '["{e}".pool]\nsize = 7\n'),
        ("global", "[global.pool]\nsize = 7\n"), ("a merge", "[{e}.pool]\nsize = 7\ndynaconf_merge = true\n"),
        ("a list", '[{e}.tags]\ndynaconf_merge = ["b"]\n'), ("unknown", "[{e}.colours]\na = 1\n"),
        ("dotted", "[{e}.x]\n[{e}.x.y]\nz = 1\n"), ("no environment", "[elsewhere.pool]\nsize = 0\n"),
    ])  # fmt: skip
    more = more.format(e=environment)
    file = chance.choice(["settings.toml", ".secrets.toml"])
    before = case.texts.get(file, bytes)
    case.texts[file] = lambda raw: before(raw) + more.encode()
    case.faults.append(f"{name} in {file}")


def _elsewhere(case: Case, chance: random.Random) -> None:
    """Options by variables, and another switch."""
    name, value = chance.choice([
        ("MERGE_ENABLED_FOR_DYNACONF", "true"), ("ENVVAR_PREFIX_FOR_DYNACONF", "OTHER"),
        ("SETTINGS_FILES_FOR_DYNACONF", "other.toml"), ("SETTINGS_FILE_FOR_DYNACONF", '["settings.toml"]'),
        ("FORCE_ENV_FOR_DYNACONF", "qa"), ("LOAD_DOTENV_FOR_DYNACONF", "true"),
        ("NESTED_SEPARATOR_FOR_DYNACONF", "_"), ("IGNORE_UNKNOWN_ENVVARS_FOR_DYNACONF", "true"),
        ("DEFAULT_ENV_FOR_DYNACONF", "base"), ("INCLUDES_FOR_DYNACONF", '["more.toml"]'), ("HOST", "h"), ("PORT", "x"),
    ])  # fmt: skip
    case.environ[name] = value
    case.faults.append(f"{name}={value}")


def _switch(case: Case, chance: random.Random) -> None:
    """More than one environment at once, some of them not there; or none in the files at all."""
    beside = chance.choice([",elsewhere", ", elsewhere", ",", ",default", ",qa", None])
    case.plain, case.beside = beside is None, beside or ""
    for name, value in case.environ.items():
        if value == case.environment:
            case.environ[name] = case.switched
    case.faults.append("no sections" if beside is None else case.switched)


FAULTS: Mapping[str, Callable[[Case, random.Random], None]] = {
    "variable": _variable,
    "url": _url,
    "value": _value,
    "lost": _lost,
    "broken": _broken,
    "outside": _outside,
    "options": _options,
    "dotenv": _dotenv,
    "files": _files,
    "sections": _sections,
    "elsewhere": _elsewhere,
    "switch": _switch,
}
