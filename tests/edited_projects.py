"""Foreign projects at random, and an edit of each: what a table does to the one below it, in every way to say so."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

ENVIRONMENTS = ("development", "staging", "production")
_FILES = (
    ("settings.toml",),
    ("settings.toml", ".secrets.toml"),
    ("settings.toml", "more.toml", ".secrets.toml"),
    ("settings.toml", "settings/*.toml", ".secrets.toml"),
)
_OWN = ("settings/production.toml", "settings/staging.toml")
_KEYS: Mapping[str, Mapping[str, Any]] = {
    "port": {}, "name": {}, "hosts": {}, "debug": {}, "token": {},
    "db": {"host": {}, "port": {}, "password": {}, "hosts": {}, "pool": {"size": {}, "max": {}, "names": {}}},
    "cache": {"url": {}, "ttl": {}, "tags": {}, "deep": {"er": {"x": {}, "y": {}}}},
}  # fmt: skip
"""The tables and keys that there may be."""

type Path_ = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A project, an edit of it, and the variables of the process that makes it."""

    files: Mapping[str, str]
    options: Mapping[str, Any]
    key: str
    environment: str
    text: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def environments(self) -> tuple[str, ...]:
        """Those whose values count."""
        return ("main",) if self.options.get("environments") is False else ENVIRONMENTS

    def write(self, folder: Path) -> None:
        """Puts the project into an empty folder."""
        for name, text in (*self.files.items(), ("assay.toml", tomlkit.dumps(dict(self.options)))):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def edited(seed: int) -> Edited:
    """The project and edit of a number."""
    chance = random.Random(seed)  # noqa: S311 - the same for every run
    options = _options(chance)
    names = [name for name in options["settings_files"] if "*" not in name]
    if "settings/*.toml" in options["settings_files"]:
        names += [name for name in _OWN if chance.random() < 0.6]
    names += [name for name in ("settings.local.toml", "extra.toml") if chance.random() < 0.07]
    if "extra.toml" in names:
        options["includes"] = ["extra.toml"]
    sectioned = options.get("environments") is not False
    files = {name: _file(chance, name, sectioned=sectioned) for name in names if chance.random() < 0.85}
    paths = list(_paths(_KEYS))
    path = chance.choice([path for path in paths if len(path) > 1] if chance.random() < 0.75 else paths)
    if chance.random() < 0.05:
        path = (*path[:-1], path[-1].upper())
    if chance.random() < 0.15:
        path = (*path, "fresh") if path[-1] in {"db", "cache", "pool", "deep", "er"} else (*path[:-1], "fresh")
    key, environment = ".".join(path), "main"
    if sectioned:
        environment = chance.choice((*ENVIRONMENTS, "production", options.get("default_env", "default")))
    text = None if chance.random() < 0.25 else chance.choice(_TEXTS)
    if text is None and (said := list(_said(files, sectioned=sectioned))):
        environment, key = chance.choice(said)
    environ = {}
    if chance.random() < 0.15:
        environ = {"DYNACONF_DB__HOST": "there", "ENV_FOR_DYNACONF": chance.choice(ENVIRONMENTS)}
    return Edited(files=files, options=options, key=key, environment=environment, text=text, environ=environ)


_TEXTS = ("5", "7", "abc", "x,y", '["z"]', "true", "1.5", '"quoted"', "canary-new-9", "https://x.example", "{n = 1}")


def _options(chance: random.Random) -> dict[str, Any]:
    options: dict[str, Any] = {"settings_files": list(chance.choice(_FILES))}
    if chance.random() < 0.25:
        options["merge_enabled"] = True
    if chance.random() < 0.1:
        options["nested_separator"] = False
    if chance.random() < 0.1:
        options["environments"] = False
    else:
        options["known_environments"] = list(ENVIRONMENTS)
        if chance.random() < 0.1:
            options["default_env"] = "base"
    return options


def _said(files: Mapping[str, str], *, sectioned: bool) -> Iterator[tuple[str, str]]:
    """The environments' own keys, each with its environment."""
    known = {*ENVIRONMENTS, "default"}
    for text in files.values():
        values = tomlkit.parse(text).unwrap()
        sections = {name: table for name, table in values.items() if name in known} if sectioned else {"main": values}
        for name, table in sections.items():
            yield from ((name, ".".join(path)) for path in _stated(table))


def _stated(table: Mapping[str, Any], above: Path_ = ()) -> Iterator[Path_]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _stated(value, (*above, key))
        elif key != "dynaconf_merge":
            yield (*above, key)


def _paths(keys: Mapping[str, Any], above: Path_ = ()) -> Iterator[Path_]:
    for name, below in keys.items():
        yield (*above, name)
        yield from _paths(below, (*above, name))


def _file(chance: random.Random, name: str, *, sectioned: bool) -> str:
    if not sectioned:
        return tomlkit.dumps(_laid_out(chance, _table(chance, _KEYS, 0.4)))
    own = Path(name).stem
    sections = (own,) if own in ENVIRONMENTS else ("default", "base", "dynaconf", *ENVIRONMENTS, "global")
    shares = {"default": 0.8, "base": 0.1, "dynaconf": 0.04, "global": 0.06}
    document: dict[str, Any] = {}
    if chance.random() < 0.06:
        document["dynaconf_merge"] = True
    for section in sections:
        if chance.random() < shares.get(section, 0.5):
            table = _table(chance, _KEYS, 0.45)
            if chance.random() < 0.1:
                table["dynaconf_merge"] = chance.random() < 0.7
            document[section.upper() if chance.random() < 0.03 else section] = table
    return tomlkit.dumps(_laid_out(chance, document))


def _table(chance: random.Random, keys: Mapping[str, Any], share: float) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, below in keys.items():
        if chance.random() > share:
            continue
        spelled = key.capitalize() if chance.random() < 0.03 else key
        if not below:
            table[spelled] = _value(chance, key)
            continue
        inner = _table(chance, below, 0.5)
        if chance.random() < 0.1:
            inner["dynaconf_merge"] = True
        if chance.random() < 0.03:
            table[f"{spelled}__{next(iter(below))}"] = _value(chance, "x")
        elif chance.random() < 0.03:
            table[spelled] = "no table"
        else:
            table[spelled] = inner
    return table


def _value(chance: random.Random, key: str) -> Any:
    if key in {"hosts", "names", "tags"}:
        return chance.choice([["a"], ["a", "b"], [], [1, 2], "one", ["c", "dynaconf_merge"]])
    if key in {"port", "size", "max", "ttl", "x", "y"}:
        return chance.choice([1, 2, 30, "text", 1.5])
    return chance.choice(["u", "v", "long text", True, 3, "@format {env[HOME]}" if key == "host" else "w"])


def _laid_out(chance: random.Random, values: Mapping[str, Any], depth: int = 0) -> Any:
    """The values with tables below headers, in braces, or by dotted keys."""
    table = tomlkit.table() if depth else tomlkit.document()
    plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
    for key, value in plain.items():
        table.add(key, value)
    for key, value in values.items():
        if isinstance(value, dict):
            is_inline = depth > 0 and chance.random() < 0.25
            table.add(key, _inline(value) if is_inline else _laid_out(chance, value, depth + 1))
    return table


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    for key, value in values.items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    return table
