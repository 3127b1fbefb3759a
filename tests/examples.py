"""The examples on rules' pages as projects that can be checked.

In a block, plain TOML is `settings.toml`; a comment that is nothing but a file's name begins another file; a line
`$ export NAME=value` is a variable of the process. An example without options is a project without a model that names
its environments; one whose options name the service's own model stands on a clean base, less what it says itself.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

FOREIGN = 'known_environments = ["development", "production"]\n'

_FILE = re.compile(r"# (?P<name>(?:[\w.-]+/)*[\w.-]*(?:\.toml|\.py|\.env|\.yaml|\.toml\.example))")
_EXPORT = "$ export "

_OWN: Mapping[str, Any] = {
    "schema": "app.schema:Settings",
    "envvar_prefix": "ASSAY",
    "merge_enabled": True,
    "lists": "replace",
    "known_environments": ["development", "production"],
    "production": ["production"],
    "preload": ["base.toml"],
}

_BASE = """\
[production.app]
docs = false
[production.server]
host = "0.0.0.0"
workers = 4
base_url = "https://orders.example.com"
allowed_hosts = ["orders.example.com"]
[production.headers]
hsts_seconds = 31536000
[production.database]
host = "db.example.com"
name = "orders"
username = "orders"
connection_limit = 200
tls = { mode = "verify-full" }
application_name = "orders"
[production.logging]
format = "json"
[production.diagnostics]
readiness_needs_database = false
"""

_VARIABLES: Mapping[tuple[str, ...], tuple[str, str]] = {
    ("app", "secret_key"): ("ASSAY_APP__SECRET_KEY", "K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0"),
    ("database", "password"): ("ASSAY_DATABASE__PASSWORD", "uN9#kd82!xQ4-vT7"),
    ("auth", "tokens"): ("ASSAY_AUTH__TOKENS", f'[{{name="ci", role="viewer", sha256="{"5e884898da280471" * 4}"}}]'),
}

_SECRETS_EXAMPLE = (
    '[production.app]\nsecret_key = ""\n[production.database]\npassword = ""\n[production.auth]\ntokens = []\n'
)
_PARTS = frozenset({"host", "port", "name", "username", "password"})


@dataclass(frozen=True, kw_only=True)
class Example:
    """A project that can be checked.

    Attributes:
        files: by name.
        environ: the variables of the process.
        then: what is done with the folder once they are there.
    """

    files: Mapping[str, str | bytes]
    environ: Mapping[str, str]
    then: Callable[[Path], object] | None = None

    def write(self, root: Path) -> None:
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            if "secret" in name:
                path.chmod(0o600)
        if self.then:
            self.then(root)


def read_example(text: str) -> Example:
    """The project that a block describes, on its base."""
    said = Example(files=dict(_files(text)), environ=dict(_exports(text)))
    options = str(said.files.get("assay.toml", ""))
    if 'schema = "app.schema:Settings"' in options:
        said = _on_base(said, options)
    elif "assay.toml" not in said.files and "[tool.assay]" not in str(said.files.get("pyproject.toml")):
        said = replace(said, files={"assay.toml": FOREIGN, "settings.toml": "", **said.files})
    return replace(said, environ={"ENV_FOR_DYNACONF": "production", **said.environ})


def _files(text: str) -> Iterator[tuple[str, str]]:
    name, lines = "settings.toml", list[str]()
    for line in text.splitlines():
        if found := _FILE.fullmatch(line.strip()):
            yield from _file(name, lines)
            name, lines = found["name"], []
        elif not line.startswith("$ "):
            lines.append(line)
    yield from _file(name, lines)


def _file(name: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """The file, where the block says anything in it or has named it."""
    if name != "settings.toml" or "".join(lines).strip():
        yield name, "\n".join(lines).strip("\n") + "\n"


def _exports(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.startswith(_EXPORT):
            for word in shlex.split(line.removeprefix(_EXPORT), comments=True):
                name, _, value = word.partition("=")
                yield name, value


def _on_base(said: Example, options: str) -> Example:
    """The example on a base in which nothing is to be found, less what the example says itself."""
    taken = {path for name, content in said.files.items() for path in _paths(name, str(content))}
    taken |= {tuple(name.partition("_")[2].lower().split("__")) for name in said.environ}
    base = tomlkit.parse(_BASE).unwrap()
    return Example(
        files={
            "settings.toml": "",
            ".secrets.toml.example": _SECRETS_EXAMPLE,
            "base.toml": tomlkit.dumps({name: dict(_left(table, (), taken)) for name, table in base.items()}),
            **said.files,
            "assay.toml": tomlkit.dumps({**_OWN, **tomlkit.parse(options).unwrap()}),
        },
        environ={**dict(pair for path, pair in _VARIABLES.items() if not _is_taken(path, taken)), **said.environ},
    )


def _paths(name: str, content: str) -> Iterator[tuple[str, ...]]:
    """The keys that a profile sets in any section."""
    if name.endswith(".toml") and name not in {"assay.toml", "pyproject.toml"} and _parses(content):
        for table in tomlkit.parse(content).unwrap().values():
            if isinstance(table, dict):
                yield from _leaves(table, ())


def _parses(content: str) -> bool:
    try:
        tomlkit.parse(content)
    except ValueError:
        return False
    return True


def _leaves(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key.lower()))
        else:
            yield (*above, key.lower())


def _left(table: Mapping[str, Any], above: tuple[str, ...], taken: set[tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    """What of the base the example does not say."""
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict):
            if left := dict(_left(value, path, taken)):
                yield key, left
        elif not _is_taken(path, taken):
            yield key, value


def _is_taken(path: tuple[str, ...], taken: set[tuple[str, ...]]) -> bool:
    """Whether the example says it, or says the URL or the server of its own that take its place."""
    instead = {("database", "url"), ("database", "embedded")} & taken
    return path in taken or (bool(instead) and path[0] == "database" and path[-1] in _PARTS)
