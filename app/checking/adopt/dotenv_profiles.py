"""Profiles from a `.env` file, for a project that has had none."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from app.checking.adopt.init import Adopted, encoded, refuse_existing
from app.core import dsn, limits
from app.core.errors import ArgumentError, ProjectError
from app.core.layers import MARKER, dotted
from app.core.layers import Path as KeyPath
from app.core.opening import read_file, why
from app.core.roles import Role, infer, is_secret
from app.merging.isolated_settings import is_token
from app.options import Options
from app.options.reading import read_options
from app.project.git.ignore import exposure, ignore
from app.project.loading import SECRETS, unloaded
from app.sources.dotenv import parse_dotenv
from app.sources.environ import LEGACY
from app.sources.project import Project

_NAMES = ("settings.toml", SECRETS)
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?\d+\.\d+")


def adopt_dotenv(root: Path, file: Path, environ: Mapping[str, str], *, gitignore: bool = False) -> Adopted:
    """`settings.toml`, and `.secrets.toml` for what is secret, from a `.env` file.

    Args:
        root: the project's folder.
        file: the `.env` file.
        environ: where git and its user's configuration are found.
        gitignore: has git ignore the secrets file first.

    Raises:
        ArgumentError: the file cannot be read, or one of the two exists.
        EditRefused: the project's options load one of the two from nowhere.
    """
    try:
        text = read_file(file).decode("utf-8-sig")  # a byte-order mark is no part of the first name
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise ArgumentError(f"{file.name} cannot be read: {reason}.", fix="Name a file of NAME=value lines.") from None
    variables = parse_dotenv(text, {})
    if not variables:
        raise ArgumentError(f"{file.name} holds no variable.", fix="Name a file of NAME=value lines.")
    for name in _NAMES:
        refuse_existing(root, name)
    project = Project(root=root.resolve(), options=read_options(root))
    stated = [(_path(name, project.options), variable.value) for name, variable in variables.items()]
    public = _tables([(path, _value(text)) for path, text in stated if not _hides(path, text)])
    secret = _tables([(path, _secret(text)) for path, text in stated if _hides(path, text)])
    if not project.options.merge_enabled:
        _keep_neighbours(secret, public)
    contents = dict(zip(_NAMES, (public, secret), strict=True)) if secret else {_NAMES[0]: public}
    _require_loaded(project, list(contents))
    texts = {name: encoded(_profile(values, project.options), name) for name, values in contents.items()}
    of_git = _of_git(project.root, environ, gitignore=gitignore) if secret else ""
    notes = [*_notes(variables, project.options), *([of_git] if of_git else [])]
    return Adopted(contents=texts, notes=tuple(notes))


def _of_git(root: Path, environ: Mapping[str, str], *, gitignore: bool) -> str:
    return ignore(root, root / SECRETS, environ) if gitignore else exposure(root / SECRETS, environ)


def _require_loaded(project: Project, names: list[str]) -> None:
    """Lets files pass that the project's options load."""
    loaded = {entry.path for entry in project.entries}
    if missing := [name for name in names if project.root / name not in loaded]:
        raise unloaded(project, "what the variables say", missing)


def _keep_neighbours(secret: dict[str, Any], public: dict[str, Any]) -> None:
    """Marks the tables that are in both files, so that the secrets add to the profile's."""
    for name, table in secret.items():
        if isinstance(table, dict) and isinstance(public.get(name), dict):
            secret[name] = {MARKER: True, **table}


def _notes(names: Iterable[str], options: Options) -> Iterator[str]:
    """The variables that set one key in two spellings."""
    spelled: dict[KeyPath, list[str]] = {}
    for name in names:
        spelled.setdefault(_path(name, options), []).append(name)
    for path, twins in spelled.items():
        if len(twins) > 1:
            yield f"{' and '.join(twins)} set the one key {dotted(path)}: the last one's value was taken"


def _path(name: str, options: Options) -> KeyPath:
    """The key that a variable sets: legacy names have one of their own in a project with the service's model."""
    if options.schema_ == "app.schema:Settings" and name in LEGACY:
        return LEGACY[name]
    for prefix in options.prefixes or ():
        name = name.removeprefix(f"{prefix}_")
    return tuple(part.lower() for part in name.split("__") if part) or (name.lower(),)


def _hides(path: KeyPath, text: str) -> bool:
    value = _value(text)
    if isinstance(value, list | dict):
        return any(_hides(at, leaf) for at, leaf in _leaves(path, value) if isinstance(leaf, str))
    role = infer(path, text)
    return is_secret(role) or (role is Role.DSN and dsn.mask(text) != text)


def _leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    if not isinstance(value, dict | list):
        yield path, value
        return
    for part, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _leaves((*path, part), child)


def _secret(text: str) -> Any:
    """A secret stays a text, however much it looks like a number; lists and tables of secrets do not."""
    value = _value(text)
    return value if isinstance(value, list | dict) else text


def _without_null(value: Any) -> Any:
    """TOML has no null: a key without a value is left out, and so is an item."""
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return [_without_null(item) for item in value if item is not None] if isinstance(value, list) else value


def _value(text: str) -> Any:
    """The value that a settings class would read from the text."""
    stripped = text.strip()
    if stripped[:1] in {"[", "{"}:
        try:
            return _without_null(json.loads(stripped))
        except (ValueError, RecursionError):
            return text
    if stripped.lower() in {"true", "false"}:
        return stripped.lower() == "true"
    if len(stripped) <= limits.DIGITS.figure and _INTEGER.fullmatch(stripped):
        return int(stripped)
    return float(stripped) if _DECIMAL.fullmatch(stripped) else text


def _tables(stated: list[tuple[KeyPath, Any]]) -> dict[str, Any]:
    """The values in tables; a text that Dynaconf would read as a token is told to stay one."""
    root: dict[str, Any] = {}
    for path, value in stated:
        table = root
        for part in path[:-1]:
            table = table.setdefault(str(part), {})
            if not isinstance(table, dict):
                raise _both(path)
        if isinstance(table.get(str(path[-1])), dict):
            raise _both(path)
        is_read = isinstance(value, str) and is_token(value)
        table[str(path[-1])] = f"@json {json.dumps(value)}" if is_read else value
    return root


def _both(path: KeyPath) -> ProjectError:
    return ProjectError(f"{path[0]} is both a value and a table there.", fix="Rename one of the variables.")


def _profile(tables: Mapping[str, Any], options: Options) -> str:
    """A profile with one section, or, in a project without sections, none."""
    return tomlkit.dumps({options.default_env: tables} if options.sectioned else tables)
