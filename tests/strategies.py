"""Random Dynaconf projects, dense in what is odd: casing twins, markers, tokens, dotted keys, every way to merge.

Each project is made from one number, so a failing test is repeated by naming it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

_TOPS = ("db", "db", "Db", "DB", "port", "PORT", "tags", "Tags", "name", "my key", "my_key", "flag")
_ODD_TOPS = (
    "db.port",
    "DB.Pool.size",
    "db__PORT",
    "db__pool__size",
    "tags.x",
    "Port__x",
    " name ",
    "é",
    "db[0]",
    "a b.c",
)
_NESTED = ("port", "Port", "PORT", "host", "pool", "Pool", "tags", "my key", "my_key", "size", "flag")
_ODD_NESTED = ("a.b", "pool__size", "É", "dynaconf_x", "0", "")
_SCALARS: tuple[Any, ...] = (
    0, 1, 2, True, False, 1.0, 2.5, "", "a", "b", "1", "true", "c d", "é", date(2024, 1, 2), time(7, 30),
    datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2024, 1, 2, 3, 4, 5), float("inf"),  # noqa: DTZ001 - TOML has both
)  # fmt: skip
_TOKENS = (
    "@int 5", "@int  7 ", "@float 1", "@bool yes", "@bool 0", '@json {"a": 1, "port": {"x": 2}}', "@json [1, 2]",
    "@str 5",
    "@str @int 5", "@str @str @int 5", "@upper abc", "@upper", "@lower ABC", "@none", "@null", "@note x",
    "@split a b", "@unknown 5",
    "@", "@@int 5", "@int5", "@title a b", "@json {'a': True}",
)  # fmt: skip
_META = (
    "@del", "@del x", "@empty", "@merge a", "@merge a,b", "@merge [1, 2]", "@merge {a=1}",
    "@merge {port=1, dynaconf_merge=false}",
    "@merge port=1, host=x", '@merge host="x y"', "@merge_unique a,b", "@merge_unique [1, 'a']",
    "@merge_unique {port=2}",
    "@insert 0 z", "@insert -1 z", "@insert z", "@insert 1 @int 5", "@reset 5", "@reset [9]", "@reset {port=3}",
    "@merge @int 5", "@merge 1",
    "@merge", '@merge {"port": {"x": 1}}', "@merge ['dynaconf_merge', 1]",
)  # fmt: skip
_LAZY = (
    "@format {this.port}", "@format {this.name}-x", "@format {env[OUTSIDE]}", "@int @format {this.port}",
    "@format {this.db.port}",
    "@format {this.db[port]}", "@get port", "@get port @int", "@get nothing 5", "@get nothing @int 5",
    "@get db.port 'a b'",
    "@bool @format {env[OUTSIDE]}", "@format x", "@str @format {this.tags[0]}", "@json @format [{this.port}]",
    "@merge @format {this.name}", "@insert 0 @get name", "@format {this.current_env}",
    "@merge host=@format {this.name}", '@merge host="@format {this.name}"', "@merge port=@get name",
    "@merge a,@format {this.name}",
    "@merge_unique host='@get name', port=2",
)  # fmt: skip
_WHOLE = ("@get db", "@get tags", "@get name", "@json @get tags", "@format {this.tags}", "@format {this.db}")
"""References to whole tables, at the top level alone: stock unrolls one that holds itself until the stack is full."""
_FAILING = (
    "@int x",
    "@float",
    "@json {",
    "@format {env[ABSENT]}",
    "@format {this.absent}",
    "@get absent",
    "@int @format {this.name}",
)
_FLAGS: tuple[Any, ...] = (True, True, False, False, "false", 1, 0, "x", [], {"port": 1})
_TEXTS = (
    "TRUE", "True", "true", "False", "yes", "1_000", "0x1F", "01", "5 # c", "07:30", "2024-01-02", "{a=1}",
    "{port=1}", "{}", "[]", "[1, 2]",
    "['dynaconf_merge', 3]", "{port=2, dynaconf_merge=true}", "{pool={size=1, dynaconf_merge=true}}",
    "{host=1, dynaconf_merge=false}",
    "[a]", "", " ", "a", "a,b", "1", "1.0", "3.10", '"a"', "'@int 5'", "['@int 5', 'x']",
    "{port='@format {this.name}'}", "[{a=1}]",
    "{a.b=1}", '"""a"""', "nan", "a=b", "key=1\nother=2", "1\nother=2", '"a" # c', "{port='@merge [1]'}",
    "[1]\n[x]\n", "é",
)  # fmt: skip
_VARIABLES = (
    "DB", "db", "DB__PORT", "DB__port", "DB__Port", "DB__POOL", "DB__pool__size", "DB__POOL__SIZE", "DB__TAGS",
    "DB__my_key",
    "PORT", "PORT__X", "TAGS", "TAGS__0", "NAME", "name", "FLAG", "NEW", "NEW__A", "NEW__A__b", "MY_KEY", "DB__",
    "DB___X", "DB.PORT",
)  # fmt: skip


_LAYOUTS: tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...] = (
    ({}, ("settings.toml", "settings/a.toml", ".secrets.toml")),
    ({"settings_files": ["settings.toml"]}, ("settings.toml",)),
    ({"settings_files": "settings.toml, b.toml"}, ("settings.toml", "b.toml")),
    ({"settings_files": ["settings.toml", "conf/*.toml"]}, ("settings.toml", "conf/a.toml", "conf/c.toml")),
    ({"settings_files": ["settings.toml", "b.toml", "c.toml"]},
     ("config/settings.toml", "b.toml", "config/b.toml", "c.toml")),
    ({"settings_files": ["sub/a.toml", "part/*.toml", "b.toml"]},
     ("sub/a.toml", "sub/part/x.toml", "part/y.toml", "sub/config/b.toml", "b.toml")),
    ({"settings_files": ["settings.toml", "conf/*.toml"], "root_path": "inner"},
     ("inner/main.py", "inner/settings.toml", "inner/config/settings.toml", "inner/conf/a.toml", "settings.toml")),
    ({"settings_files": ["settings.toml", ".secrets.toml", "b.toml"], "root_path": "inner"},
     ("inner/main.py", "inner/settings.toml", ".secrets.toml", "config/.secrets.toml", "b.toml", "inner/b.toml")),
    ({"settings_files": ["settings.toml", ".secrets.toml", "b.toml"], "root_path": "in/ner"},
     ("in/ner/main.py", "in/ner/settings.toml", "in/.secrets.toml", "in/config/b.toml", "b.toml", ".secrets.toml")),
    ({"settings_files": ["in/ner/a.toml", "b.toml", "c.toml"]},
     ("in/ner/a.toml", "in/b.toml", "b.toml", "in/config/c.toml", "c.toml")),
)  # fmt: skip
_EXTRAS = (
    ("preload", ("pre.toml",), ("pre.toml", "config/pre.toml", "inner/pre.toml")),
    ("preload", ("sub/pre.toml", "next.toml"), ("sub/pre.toml", "sub/next.toml", "sub/pre.local.toml",
     "next.toml", "sub/b.toml")),
    ("secrets", (".hidden.toml",), (".hidden.toml", ".hidden.local.toml", "config/.hidden.toml", "inner/.hidden.toml")),
    ("includes", ("inc.toml", "inc/*.toml"),
     ("inc.toml", "config/inc.toml", "sub/inc.toml", "inner/inc.toml", "inc.local.toml", "inc/a.toml", "inc/b.toml")),
)  # fmt: skip
"""Not together: stock loads secrets again behind each file preloaded or included, and each file counts once here."""
_GLOBBED = re.compile(r"(conf|part|settings)/|main")


_SELECTED = ("production", "production", "Production", "staging", "default", "global", "dynaconf", "none", "prod",
             " staging ", '"production"', "staging,production", "")  # fmt: skip
_CHANGES: Mapping[str, tuple[str, ...]] = {
    "MERGE_ENABLED_FOR_DYNACONF": ("true", "True", "False", "false", "1", "0", ""),
    "ENVIRONMENTS_FOR_DYNACONF": ("true", "false", "False", "1", '["x"]'),
    "ENVVAR_PREFIX_FOR_DYNACONF": ("APP", "one,two", "DYNACONF", "@none"),
    "DEFAULT_ENV_FOR_DYNACONF": ("base", "STAGING", '"base"', "@none"),
    "IGNORE_UNKNOWN_ENVVARS_FOR_DYNACONF": ("true", "false"),
    "AUTO_CAST_FOR_DYNACONF": ("false", "true", "0"),
    "DOTTED_LOOKUP_FOR_DYNACONF": ("false", "true"),
    "CORE_LOADERS_FOR_DYNACONF": ('["TOML"]', '["yaml"]', "TOML"),
    "GLOBAL_ENV_FOR_DYNACONF": ("APP",),
    "BASE_NAMESPACE_FOR_DYNACONF": ("base",),
}
_EARLY = frozenset({"ENV_FOR_DYNACONF", "NAMESPACE_FOR_DYNACONF", "DYNACONF_NAMESPACE", "ENV_SWITCHER_FOR_DYNACONF",
                    "GLOBAL_ENV_FOR_DYNACONF", "BASE_NAMESPACE_FOR_DYNACONF", "AUTO_CAST_FOR_DYNACONF"})  # fmt: skip
"""What stock takes from the usual `.env`, and not from the one that `dotenv_path` names: it has looked before."""
_EXTRA = frozenset({"root_path", "preload", "secrets", "includes"})
"""Beside these, variables name no files: each file counts once here, and files start in one folder."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A project and a process: its files by name, its options, its variables."""

    files: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Lay the project down in an empty folder."""
        for name, text in {**self.files, "assay.toml": toml(self.options)}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def case(seed: int) -> Case:
    """The project of that number."""
    return _Maker(Random(seed)).case()  # noqa: S311 - no secret depends on it


def stated(seed: int) -> Case:
    """The project of that number without tokens: each of its values stands somewhere as it is."""
    maker = _Maker(Random(seed))  # noqa: S311 - no secret depends on it
    maker.meta = maker.lazy = maker.failing = maker.tokens = 0
    return maker.case()


def process(seed: int) -> Case:
    """The project of that number, in a process whose variables, or whose `.env`, select and change options."""
    maker = _Maker(Random(seed))  # noqa: S311 - no secret depends on it
    return maker.process(maker.case())


def toml(values: Mapping[str, Any]) -> str:
    """The values as TOML, one key a line."""
    return "".join(f"{_key(key)} = {inline(value)}\n" for key, value in values.items())


def inline(value: Any) -> str:
    """The value as it stands behind an equals sign."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else inline(key)


class _Maker:
    """One project's dice. The weights differ from project to project, so that some are plain and some are wild."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.meta = random.choice((0, 0, 0.05, 0.25))
        self.lazy = random.choice((0, 0, 0, 0.15))
        self.failing = random.choice((0, 0, 0, 0, 0.03))
        self.tokens = random.choice((0, 0.1, 0.3))
        self.markers = random.choice((0, 0.1, 0.4))
        self.odd = random.choice((0, 0, 0.15))
        self.twins = random.choice((0, 1))
        self.blanks = random.choice((0, 0, 1))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def case(self) -> Case:
        options = self.options()
        self.spell = str.upper if options.get("nested_separator") is False else str
        files = self.layout(options)
        environment = self.random.choice(
            ("production", "production", "staging", "development", "staging,production", "none")
        )
        environ = {options.get("env_switcher", "ENV_FOR_DYNACONF"): environment, "OUTSIDE": "42"}
        if self.chance(0.1):
            del environ[options.get("env_switcher", "ENV_FOR_DYNACONF")]
        environ |= self.variables(options)
        separator = options.get("nested_separator", "__") or "__"
        ordered = dict(sorted(environ.items(), key=lambda pair: pair[0].count(separator)))
        return Case(files=files, options=options, environ=ordered)

    def process(self, found: Case) -> Case:
        """The case with another switch, variables that change options, and perhaps a `.env` file."""
        options, files, environ = dict(found.options), dict(found.files), dict(found.environ)
        environ.pop(options.get("env_switcher", "ENV_FOR_DYNACONF"), None)
        self.maybe(options, 0.5, "env_switcher", ("shop_env", "Shop_Mode", "shop__env", "APP_MODE"))
        self.maybe(options, 0.1, "force_env", ("production", "Staging"))
        self.maybe(options, 0.2, "environments", (["dev", "production"], []))
        self.maybe(options, 0.1, "auto_cast", (False,))
        self.maybe(options, 0.1, "dotted_lookup", (False,))
        if self.chance(0.1):
            options = {"core_loaders": self.random.choice((["TOML"], ["toml", "yaml"], ["YAML"])), **options}
        more = self.switch(options)
        if options.get("envvar_prefix") is not False:
            more |= self.changes(options, files)
        if self.chance(0.4) and "root_path" not in options:
            more = self.dotenv(options, files, more)
        environ |= more
        separator = options.get("nested_separator", "__") or "__"
        ordered = dict(sorted(environ.items(), key=lambda pair: pair[0].count(separator)))
        return Case(files=files, options=options, environ=ordered)

    def switch(self, options: Mapping[str, Any]) -> dict[str, str]:
        """Variables that select the environment, and some that nearly do."""
        name = str(options.get("env_switcher", "ENV_FOR_DYNACONF"))
        first, *rest = name.split("__")
        chances = {"__".join([first.upper(), *rest]): 0.5, "ENV_FOR_DYNACONF": 0.4, "FORCE_ENV_FOR_DYNACONF": 0.12,
                   "NAMESPACE_FOR_DYNACONF": 0.1, "DYNACONF_NAMESPACE": 0.05, name.lower(): 0.1}  # fmt: skip
        chosen = {name: self.random.choice(_SELECTED) for name, chance in chances.items() if self.chance(chance)}
        if self.chance(0.1):
            chosen |= {"ENV_SWITCHER_FOR_DYNACONF": "other_mode", "OTHER_MODE": self.random.choice(_SELECTED)}
        return chosen

    def changes(self, options: Mapping[str, Any], files: dict[str, str]) -> dict[str, str]:
        """Variables that change options."""
        pools = {name: texts for name, texts in _CHANGES.items() if self.chance(0.12)}
        chosen = {name: self.random.choice(texts) for name, texts in pools.items()}
        plain = [name for name in files if name.endswith(".toml") and ".local." not in name]
        if not _EXTRA & options.keys() and plain and self.chance(0.2):
            names = self.random.sample(plain, k=min(len(plain), 2))
            texts = (names[0], inline(names), ";".join(names), ", ".join(names))
            chosen["SETTINGS_FILE_FOR_DYNACONF"] = self.random.choice(texts)
        elif not _EXTRA & options.keys() and self.chance(0.1):
            files["more.toml"] = self.file(options)
            option = self.random.choice(("PRELOAD", "INCLUDES", "SECRETS"))
            chosen[f"{option}_FOR_DYNACONF"] = self.random.choice(("more.toml", '["more.toml"]'))
        return chosen

    def dotenv(self, options: dict[str, Any], files: dict[str, str], variables: Mapping[str, str]) -> dict[str, str]:
        """Moves some of the variables to `.env` files; gives those that the process keeps."""
        kept = {name: text for name, text in variables.items() if name in _EARLY or self.chance(0.5)}
        moved = {name: text for name, text in variables.items() if name not in kept or self.chance(0.2)}
        moved |= {"DYNACONF_DOT": "1", "DYNACONF_DOTTED__a": "${DYNACONF_DOT}2"}
        self.maybe(options, 0.8, "load_dotenv", (True, True, True, False))
        self.maybe(options, 0.3, "dotenv_path", ("local.env", ".env", "absent.env"))
        self.maybe(options, 0.3, "dotenv_override", (True, False))
        names = [name for name in (".env", "config/.env", "local.env") if self.chance(0.6)]
        files |= {name: _lines_of(moved if self.chance(0.7) else {"DYNACONF_DOT": name}) for name in names}
        if self.chance(0.1):
            kept["LOAD_DOTENV_FOR_DYNACONF"] = self.random.choice(("true", "True", "false"))
        if self.chance(0.2):
            kept["DYNACONF_DOT"] = "3"
        return kept

    def layout(self, options: dict[str, Any]) -> dict[str, str]:
        """Options that name files, and files where they are found, where they are not, and beside them."""
        more, files = self.random.choice(_LAYOUTS)
        options |= more
        present = [name for name in files if self.chance(0.9) or name.endswith(".py")]
        for option, names, places in _EXTRAS:
            if self.chance(0.1) and not {"secrets", "preload"} & options.keys():
                options[option] = list(names)
                present += [place for place in places if self.chance(0.6)]
        siblings = [name.replace(".toml", ".local.toml") for name in files if not _GLOBBED.search(name)]
        present += [name for name in siblings if self.chance(0.12)]
        return {name: self.file(options) for name in dict.fromkeys(present)}

    def options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        self.maybe(options, 0.5, "merge_enabled", (True, True, False))
        self.maybe(options, 0.2, "environments", (False, ["production", "staging"]))
        self.maybe(options, 0.4, "envvar_prefix", ("APP", "app", "ONE,TWO", False))
        self.maybe(options, 0.1, "env_switcher", ("APP_MODE", "MODE"))
        self.maybe(options, 0.1, "env", ("staging", ["staging", "production"]))
        self.maybe(options, 0.1, "default_env", ("base",))
        self.maybe(options, 0.08, "ignore_unknown_envvars", (True,))
        self.maybe(options, 0.08, "nested_separator", (False, "___", "_0_"))
        return options

    def maybe(self, options: dict[str, Any], probability: float, name: str, choices: tuple[Any, ...]) -> None:
        if self.chance(probability):
            options[name] = self.random.choice(choices)

    def file(self, options: Mapping[str, Any]) -> str:
        head = toml({"dynaconf_merge": self.random.choice(_FLAGS)}) if self.chance(self.markers / 2) else ""
        head += toml({"dynaconf_dotted_lookup": self.chance(0.5)}) if self.chance(self.odd) else ""
        if options.get("environments") is False:
            return head + "".join(self.lines((), self.table(0)))
        prefix = str(options.get("envvar_prefix") or "dynaconf").lower()
        wanted = ["default", "base", prefix, "production", "staging", "development", "global", "other"]
        names = [name for name in wanted if self.chance(0.75 if name in {"default", "production"} else 0.3)]
        names += [name.upper() for name in names if self.chance(0.15 * self.twins)]
        self.random.shuffle(names)
        return head + "".join("".join(self.section(name)) for name in names)

    def section(self, name: str) -> list[str]:
        if self.chance(0.02):
            return []
        values = self.table(0)
        if self.chance(self.markers):
            marker = self.random.choice(("dynaconf_merge", "dynaconf_merge", "DYNACONF_MERGE"))
            values[marker] = self.random.choice(_FLAGS)
        if self.chance(self.odd / 2):
            values["dynaconf_dotted_lookup"] = self.chance(0.5)
        return [f"[{_key(name)}]\n", *self.lines((name,), values)]

    def lines(self, path: tuple[str, ...], values: Mapping[str, Any]) -> list[str]:
        """A table's lines in one of TOML's many spellings; sub-tables with headers come last."""
        here, later = [], []
        for key, value in values.items():
            form = self.random.random()
            if isinstance(value, dict) and form < 0.4:
                later += [f"[{'.'.join(map(_key, (*path, key)))}]\n", *self.lines((*path, key), value)]
            elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value) and form < 0.6:
                for item in value:
                    later += [f"[[{'.'.join(map(_key, (*path, key)))}]]\n", toml(item)]
            elif isinstance(value, dict) and value and form < 0.6:
                here += [f"{_key(key)}.{_key(part)} = {inline(item)}\n" for part, item in value.items()]
            else:
                here.append(f"{_key(key)} = {inline(value)}\n")
        return here + later

    def table(self, depth: int) -> dict[str, Any]:
        values = {self.key(depth): self.value(depth) for _ in range(self.random.choice((0, 1, 1, 2, 2, 3, 4)))}
        if depth and self.chance(self.markers):
            marker = self.random.choice(("dynaconf_merge", "dynaconf_merge", "dynaconf_merge_unique"))
            values[marker] = self.random.choice(_FLAGS)
        return values

    def key(self, depth: int) -> str:
        if self.chance(self.odd):
            return self.random.choice(_ODD_NESTED) if depth else self.top(self.random.choice(_ODD_TOPS))
        key = self.random.choice(_NESTED if depth else _TOPS)
        key = key if self.blanks else key.replace(" ", "_")
        return key if self.twins else key.lower()

    def top(self, name: str) -> str:
        """Without a separator `DB__PORT` and `DB__port` are two keys to stock, and one to the contract."""
        return self.spell(name) if "__" in name else name

    def value(self, depth: int) -> Any:
        kind = self.random.random()
        if not depth and self.chance(self.lazy / 2):
            return self.random.choice(_WHOLE)
        if kind < 0.3 and depth < 3:
            return self.table(depth + 1)
        if kind < 0.5 and depth < 4:
            return self.items(depth + 1)
        return self.string() if kind < 0.75 else self.random.choice(_SCALARS)

    def items(self, depth: int) -> list[Any]:
        items = [self.value(depth) for _ in range(self.random.choice((0, 1, 1, 2, 3)))]
        if self.chance(self.markers):
            marker = self.random.choice(("dynaconf_merge", "dynaconf_merge_unique"))
            items.insert(self.random.randint(0, len(items)), marker)
        return items

    def string(self) -> str:
        kinds = ((self.failing, _FAILING), (self.lazy, _LAZY), (self.meta, _META), (self.tokens, _TOKENS))
        for probability, pool in kinds:
            if self.chance(probability):
                return self.random.choice(pool)
        return self.random.choice(("a", "b", "c", "1", "", "x y", "@", "dynaconf"))

    def variables(self, options: Mapping[str, Any]) -> dict[str, str]:
        own = str(options.get("envvar_prefix", "DYNACONF")).upper().split(",")
        prefixes = ["DYNACONF_", *("" if prefix == "FALSE" else f"{prefix}_" for prefix in own)]
        separator = options.get("nested_separator", "__") or "__"
        keys = [self.random.choice(_VARIABLES) for _ in range(self.random.choice((0, 0, 1, 2, 4)))]
        return {self.random.choice(prefixes) + self.top(key).replace("__", separator): self.text() for key in keys}

    def text(self) -> str:
        if self.chance(0.5):
            return self.string()
        text = self.random.choice(_TEXTS)
        if not self.tokens and "@" in text:
            return "x"
        return text if self.markers or "dynaconf_merge" not in text else "1"


def _lines_of(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}='{text}'\n" for name, text in variables.items())


def smaller(found: Case, fails: Callable[[Case], bool]) -> Case:
    """The case without whatever it can lose and still fail."""
    shrunk = True
    while shrunk:
        shrunk = False
        for candidate in _cuts(found):
            if fails(candidate):
                found, shrunk = candidate, True
                break
    return found


def _cuts(found: Case) -> list[Case]:
    cuts = [replace(found, files=_without(found.files, name)) for name in found.files]
    cuts += [replace(found, environ=_without(found.environ, name)) for name in found.environ]
    cuts += [replace(found, options=_without(found.options, name)) for name in found.options]
    for name, text in found.files.items():
        lines = text.splitlines(keepends=True)
        for number in range(len(lines)):
            rest = "".join(lines[:number] + lines[number + 1 :])
            cuts.append(replace(found, files={**found.files, name: rest}))
    return cuts


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def called(seed: int) -> tuple[Case, Mapping[str, Any]]:
    """The project of that number, and the settings that its Dynaconf call has as keywords."""
    maker = _Maker(Random(seed))  # noqa: S311 - no secret depends on it
    found = maker.case()
    maker.lazy = maker.failing = 0  # stock looks at what is there already, and fails where it refers to files
    keywords = {key: value for key, value in maker.table(0).items() if _is_literal(value)}
    return found, {key: value for key, value in keywords.items() if not key.startswith("dynaconf")}


def _is_literal(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_literal, value.values()))
    if isinstance(value, list):
        return all(map(_is_literal, value))
    return isinstance(value, str | int | bool) or value in {1.0, 2.5}
