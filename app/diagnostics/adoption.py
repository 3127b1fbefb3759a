"""Bringing an existing project under Assay: its options from its code, or its profiles from a `.env` file."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from app import dsn
from app.diagnostics.adopting import noted, options_of
from app.errors import ArgumentError, ProjectError
from app.layers import Path as KeyPath
from app.roles import Role, infer, is_secret
from app.sources.code import find_calls
from app.sources.dotenv import parse_dotenv
from app.sources.environ import LEGACY
from app.sources.options import read_options
from app.sources.replay import is_token

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_SECRETS_MODE = 0o600
_PROFILE_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What was written, and what the reader should know about it."""

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def adopt_code(root: Path) -> Adopted:
    """Writes `assay.toml` from the arguments of the project's `Dynaconf(…)` call, which is not run.

    Raises:
        ArgumentError: the project has options already, or no such call.
    """
    _refuse_existing(root, "assay.toml")
    calls = find_calls(root)
    if not calls:
        raise ArgumentError(f"No Dynaconf(…) call was found below {root.name}/.", fix="Write assay.toml by hand.")
    call, *others = calls
    options = options_of(call, root)
    document = tomlkit.document()
    document.add(tomlkit.comment(f"From the Dynaconf call in {call.file}:{call.line}."))
    for unread in call.unread:
        document.add(tomlkit.comment(f"{unread.name} is computed there, in line {unread.line}: write it here."))
    for name, value in options.items():
        document.add(name, value)
    _write(root / "assay.toml", tomlkit.dumps(document), _PROFILE_MODE)
    return Adopted(files=("assay.toml",), notes=tuple(noted(call, others, options)))


def adopt_dotenv(root: Path, file: Path) -> Adopted:
    """Writes `settings.toml`, and `.secrets.toml` for what is secret, from a `.env` file.

    Raises:
        ArgumentError: the file cannot be read, or one of the two exists.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")  # a byte-order mark is no part of the first name
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArgumentError(f"{file.name} cannot be read: {reason}.", fix="Name a file of NAME=value lines.") from None
    variables = parse_dotenv(text, {})
    if not variables:
        raise ArgumentError(f"{file.name} holds no variable.", fix="Name a file of NAME=value lines.")
    for name in ("settings.toml", ".secrets.toml"):
        _refuse_existing(root, name)
    stated = [(_path(name, root), variable.value) for name, variable in variables.items()]
    public = [(path, _value(text)) for path, text in stated if not _hides(path, text)]
    secret = [(path, _secret(text)) for path, text in stated if _hides(path, text)]
    _write(root / "settings.toml", _profile(public), _PROFILE_MODE)
    if secret:
        _write(root / ".secrets.toml", _profile(secret), _SECRETS_MODE)
    return Adopted(files=("settings.toml", *([".secrets.toml"] if secret else [])))


def _path(name: str, root: Path) -> KeyPath:
    """The key that a variable sets: legacy names have one of their own in a project with the service's model."""
    options = read_options(root)
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
        except ValueError:
            return text
    if stripped.lower() in {"true", "false"}:
        return stripped.lower() == "true"
    if _INTEGER.fullmatch(stripped):
        return int(stripped)
    return float(stripped) if _DECIMAL.fullmatch(stripped) else text


def _profile(stated: list[tuple[KeyPath, Any]]) -> str:
    """A profile with one section; a text that Dynaconf would read as a token is told to stay one."""
    root: dict[str, Any] = {}
    for path, value in stated:
        table = root
        for part in path[:-1]:
            beneath = table.setdefault(str(part), {})
            if not isinstance(beneath, dict):
                raise ProjectError(f"{path[0]} is both a value and a table there.", fix="Rename one of the variables.")
            table = beneath
        is_read = isinstance(value, str) and is_token(value)
        table[str(path[-1])] = f"@json {json.dumps(value)}" if is_read else value
    return tomlkit.dumps({"default": root})


def _refuse_existing(root: Path, name: str) -> None:
    if (root / name).exists():
        raise ArgumentError(f"{name} exists already; nothing was written.", fix=f"Move {name} away first.")
    if name == "assay.toml" and (root / "pyproject.toml").exists() and read_options(root).stated:
        raise ArgumentError("pyproject.toml has [tool.assay] already.", fix="Edit the options there.")


def _write(path: Path, text: str, mode: int) -> None:
    """Writes a new file, whole or not at all, never over another."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise ArgumentError(f"{path.name} cannot be written: {error.strerror}.", fix="Check the folder.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
