"""Options that variables change: `*_FOR_DYNACONF` of the process or of `.env`, read as stock Dynaconf reads them.

Source: `default_loader`, `LazySettings.configure` and `Settings.settings_module` of Dynaconf 3.3.5: such a variable
beats the argument of the call. Variables of older names count where the call says nothing.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from app.core.errors import nearest
from app.merging.process_isolation import silence, without_options
from app.options import Options
from app.options.validation import split_names

with without_options(os.environ):
    from dynaconf.base import UPPER_DEFAULT_SETTINGS
    from dynaconf.utils.parse_conf import parse_conf_data

SUFFIX = "_FOR_DYNACONF"


class UnusableOverride(ValueError):
    """A value with which stock Dynaconf would not start."""


class Override(Struct, frozen=True, kw_only=True):
    """One variable that changes how Dynaconf loads.

    Attributes:
        variable: its name.
        option: what it changes, as projects spell it.
        value: what the option becomes; None where that is not known, or cannot be.
        kind: `read` here as stock reads it; `fatal`, stock would not start; `unread`, what it does is not done here;
            `outside`, a folder that is no part of the project; `unknown`, no option of Dynaconf's.
        meant: the variable whose name is nearest, where there is no such option.
    """

    variable: str
    option: str
    value: Any = None
    kind: Literal["read", "fatal", "unread", "outside", "unknown"] = "read"
    meant: str | None = None


def value_of(text: str, options: Options, environ: Mapping[str, str]) -> Any:
    """What stock makes of an option's text; lazy values stay lazy, and are nobody's text."""
    said = environ.get(f"AUTO_CAST{SUFFIX}", "true").lower()
    casts = options.auto_cast if "auto_cast" in options.stated else said not in {"0", "false", ""}
    with silence():
        return parse_conf_data(text, tomlfy=True, box_settings={"AUTO_CAST_FOR_DYNACONF": casts})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnusableOverride
    return value


def _names(value: Any) -> list[str]:
    """One text may hold several names."""
    names = split_names(value) if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UnusableOverride
    return list(names)


def _each(value: Any) -> list[str]:
    """A list is asked for; of a text stock takes each letter."""
    if not isinstance(value, str | list | None) or not all(isinstance(item, str) for item in value or ()):
        raise UnusableOverride
    return list(value or ())


def _prefix(value: Any) -> str | bool | None:
    return value if value is False or value is None else _text(value)


def _separator(value: Any) -> str | bool:
    return _text(value) if value else False


def _only_false(value: Any) -> bool:
    return value is not False


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "settings_files": _names,
    "root_path": lambda value: None if value is None else _text(value),
    "preload": _names,
    "secrets": _names,
    "includes": _names,
    "environments": _only_false,
    "default_env": lambda value: _text(value or "default"),
    "envvar_prefix": _prefix,
    "ignore_unknown_envvars": bool,
    "merge_enabled": bool,
    "nested_separator": _separator,
    "skip_files": _each,
    "core_loaders": _each,
    "auto_cast": bool,
    "dotted_lookup": lambda value: value is True,
}
"""How stock uses the value of each option that it may take from a variable."""

OLDER = {
    "root_path": ("PROJECT_ROOT", "PROJECT_ROOT_FOR_DYNACONF"),
    "default_env": ("BASE_NAMESPACE_FOR_DYNACONF",),
    "envvar_prefix": ("GLOBAL_ENV_FOR_DYNACONF",),
}
"""Older names of options, which count where the project does not state the option itself."""

_UNREAD = frozenset({"LOADERS", "VAULT_ENABLED", "REDIS_ENABLED", "INDEX_SEPARATOR", "ENCODING"})
"""Options that decide values in stock and that are not read here."""

_SPEAKING = frozenset(
    {
        "ENV",
        "FORCE_ENV",
        "ENV_SWITCHER",
        "ENVVAR",
        "LOAD_DOTENV",
        "DOTENV_PATH",
        "DOTENV_OVERRIDE",
        "SETTINGS_FILES",
        "SETTINGS_FILE",
    }
)
"""Names that are read elsewhere, or that stock does not miss where the call states the files."""


def disturbed_by(separator: str) -> bool:
    """Whether stock finds this separator in the names of its own options, and takes them apart."""
    return bool(separator) and any(separator in name for name in UPPER_DEFAULT_SETTINGS)


def overrides(options: Options, environ: Mapping[str, str]) -> tuple[Override, ...]:
    """What these variables change of the options, in the options' order; what changes nothing is left out."""
    return (*_read(options, environ), *_unread(environ))


def loads_dotenv(options: Options, environ: Mapping[str, str]) -> bool:
    """Whether `.env` is loaded: the option says so, or, where it says nothing, the variable."""
    text = environ.get(f"LOAD_DOTENV{SUFFIX}")
    if text is None or "load_dotenv" in options.stated:
        return options.load_dotenv
    return bool(value_of({"True": "true", "False": "false"}.get(text, text), options, environ))


def _read(options: Options, environ: Mapping[str, str]) -> Iterator[Override]:
    for option, reader in _READERS.items():
        variable = _variable(option, options, environ)
        if variable is None:
            continue
        try:
            value = reader(_joined(value_of(environ[variable], options, environ), option, options))
        except Exception:  # noqa: BLE001 - stock would not start: Unusable, or whatever its own reader raises
            yield Override(variable=variable, option=option, kind="fatal")
            continue
        if value != getattr(options, option):
            yield Override(variable=variable, option=option, value=value)


def _joined(value: Any, option: str, options: Options) -> Any:
    """A list in a variable goes behind the call's own where lists merge: options are settings too."""
    known = getattr(options, option)
    grows = options.merge_enabled and option in options.stated and option != "settings_files"
    if not (grows and isinstance(value, list) and isinstance(known, list)) or value == known:
        return value
    return [*known, *value]


def _variable(option: str, options: Options, environ: Mapping[str, str]) -> str | None:
    """The variable that has the last word on an option; None where none has."""
    names = [f"{option.upper()}{SUFFIX}"]
    if option == "settings_files":
        names = [environ.get(f"ENVVAR{SUFFIX}", ""), f"SETTINGS_FILE{SUFFIX}"]
    if option not in options.stated:
        names += OLDER.get(option, ())
    return next((name for name in names if name in environ), None)


def _unread(environ: Mapping[str, str]) -> Iterator[Override]:
    known = [name.removesuffix(SUFFIX) for name in UPPER_DEFAULT_SETTINGS if name.endswith(SUFFIX)]
    for name in environ:
        option = name.removesuffix(SUFFIX)
        if option == name or not option:
            continue
        if option in _UNREAD:
            yield Override(variable=name, option=option.lower(), kind="unread")
        elif option not in known and option not in _SPEAKING and (meant := nearest(option, known)):
            yield Override(variable=name, option=option.lower(), kind="unknown", meant=f"{meant}{SUFFIX}")
