"""Which environment a process runs with, and which variable says so."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from app.options import Options
from app.sources.overrides import OLDER, value_of

FORCED = "FORCE_ENV_FOR_DYNACONF"
_USUAL = "ENV_FOR_DYNACONF"
_OLDER = ("DYNACONF_NAMESPACE", "NAMESPACE_FOR_DYNACONF")


class Selection(Struct, frozen=True, kw_only=True):
    """The environment, in lower case, and what selects it.

    Attributes:
        name: the environment; several with commas.
        variable: the variable that says so; None where the options do, or nothing.
    """

    name: str
    variable: str | None = None


def selected(environment: str) -> list[str]:
    """The sections that a name selects, one or several with commas."""
    return [name.strip() for name in environment.split(",") if name.strip()]


def switcher(options: Options) -> str:
    """The variable that selects the environment, as stock looks it up: its name is upper-cased up to a `__`.

    Source: `dynaconf.utils.upperfy`.
    """
    return _upper(options.env_switcher)


def _upper(name: str) -> str:
    first, *rest = name.split("__")
    return "__".join([first.upper(), *rest])


def select(options: Options, environ: Mapping[str, str]) -> Selection:
    """The environment that stock runs with.

    The highest word counts: `FORCE_ENV_FOR_DYNACONF`, the option `force_env`, the switcher, the option `env`, and below
    a switcher of the project's own `ENV_FOR_DYNACONF` with its older names.

    Source: `default_loader`, `default_settings` and `Settings.current_env` of Dynaconf 3.3.5.
    """
    for variable, text in _words(options, environ):
        value = text if variable is None else _value(text, options, environ)
        if value is not None:
            return Selection(name=value.strip().lower(), variable=variable)
    return Selection(name=options.default)


def looked_up_first(options: Options) -> frozenset[str]:
    """The variables that stock looks up before it loads the `.env` that its options name, and never again.

    Source: `default_settings` and `default_loader` of Dynaconf 3.3.5.
    """
    names = {*_OLDER, "ENV_SWITCHER_FOR_DYNACONF", *(name for older in OLDER.values() for name in older)}
    return frozenset(names | ({_USUAL} if switcher(options) != _USUAL else set()))


def _words(options: Options, environ: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    if FORCED in environ:
        yield FORCED, environ[FORCED]
    elif options.force_env is not None:
        yield None, options.force_env
    names = [switcher(options)]
    if "env" not in options.stated:
        below = _upper(environ.get("ENV_SWITCHER_FOR_DYNACONF", _USUAL))
        names += [below, *(_OLDER if below == _USUAL else ())]
    elif switcher(options) not in environ:
        yield None, options.default
    yield from ((name, environ[name]) for name in names if name in environ)


def _value(text: str, options: Options, environ: Mapping[str, str]) -> str | None:
    """The name that a variable's text spells; None for stock's own None. What is no text stays as it is written."""
    try:
        value = value_of(text, options, environ)
    except Exception:  # noqa: BLE001 - whatever stock's own reader raises, the text names no environment
        return text
    return None if value is None else value if isinstance(value, str) else text
