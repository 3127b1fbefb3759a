"""Whether values are options: their names, kinds and sizes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from app.core import limits
from app.core.errors import ProjectError, did_you_mean
from app.core.roles import Role
from app.options import NAMES, DeploymentSource, Options, WaiverOption

_SWITCHES = ("envvar_prefix", "nested_separator")
_LISTS = ("settings_files", "preload", "secrets", "includes", "projects")


def options_of(given: object, place: str) -> Options:
    """The options that these values state.

    Args:
        given: a table of options by their names.
        place: where they stand, for messages.

    Raises:
        ProjectError: they say something that is no option.
    """
    if not isinstance(given, dict):
        raise ProjectError(f"[tool.assay] in {place} is not a table.", fix="Write it as a table of options.")
    said = {("settings_files" if key == "settings_file" else key): value for key, value in given.items()}
    _require_known(said, NAMES, place, "")
    for option, value in said.items():
        _require_bounded(value, option, place)
        if option in _LISTS and isinstance(value, list) and len(value) > limits.FILES.figure:
            raise _unusable(place, option, f"it {limits.FILES.breach}")
    waivers = said.get("waivers")
    for number, waiver in enumerate(waivers if isinstance(waivers, list) else []):
        if isinstance(waiver, dict):
            _require_waiver(waiver, place, f"waivers[{number}]", ends=said.get("waivers_must_expire") is not False)
    _require_sources(said.get("deployments"), place)
    for option in _SWITCHES:
        if said.get(option) is True:
            raise _unusable(place, option, "expected a text, or false")
    try:
        options = msgspec.convert(_normal(said, place), Options)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise _unusable(place, where.rstrip("`"), what[:1].lower() + what[1:].replace("`", "")) from None
    return replace(options, stated=frozenset(said))


def _require_known(given: Mapping[str, object], known: tuple[str, ...], name: str, above: str) -> None:
    for word in given:
        if word not in known:
            raise ProjectError(f"{name}: there is no option {above + word!r}.", fix=did_you_mean(word, known))


def _require_waiver(given: Mapping[str, object], name: str, where: str, *, ends: bool) -> None:
    """A waiver says what it accepts, why, and, unless the options do without, until which day."""
    _require_known(given, WaiverOption.__struct_fields__, name, f"{where}.")
    for field in ("rule", "reason"):
        if not str(given.get(field, "")).strip():
            raise _unusable(name, f"{where}.{field}", f"every waiver has a {field}")
    expires = given.get("expires")
    if expires is None and not ends:
        return
    if isinstance(expires, datetime) or not isinstance(expires, date | str) or not _is_day(expires):
        raise _unusable(name, f"{where}.expires", "every waiver has a last day, such as 2031-12-31")


def _require_sources(given: object, name: str) -> None:
    """A deployment's sources are paths, or tables with one."""
    for environment, sources in given.items() if isinstance(given, dict) else ():
        for number, source in enumerate(sources if isinstance(sources, list) else [sources]):
            if isinstance(source, dict):
                where = f"deployments.{environment}[{number}]."
                _require_known(source, DeploymentSource.__struct_fields__, name, where)


def _is_day(value: date | str) -> bool:
    try:
        return isinstance(value, date) or date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _require_bounded(value: object, where: str, name: str) -> None:
    """Lets options pass whose texts are no longer than any path or name."""
    if isinstance(value, str) and len(value) > limits.TEXT.figure:
        raise _unusable(name, where, f"it {limits.TEXT.breach}")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _require_bounded(item, where, name)


def _normal(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The options as the structure has them: one text may hold several names, and a role has several spellings."""
    readers: dict[str, Callable[[Any], Any]] = dict.fromkeys(_LISTS, split_names)
    normal = {key: readers[key](value) if key in readers else value for key, value in given.items()}
    if normal.get("envvar_prefix") == "@none":  # Dynaconf's own word for it
        normal["envvar_prefix"] = None
    if isinstance(normal.get("deployments"), dict):
        normal["deployments"] = {str(key).lower(): _sources(value) for key, value in normal["deployments"].items()}
    if isinstance(normal.get("roles"), dict):
        normal["roles"] = {key: _role(value, f"roles.{key}", name) for key, value in normal["roles"].items()}
    return normal


def _sources(value: Any) -> Any:
    """One source or several, each a path or a table."""
    listed = value if isinstance(value, list) else [value]
    return [{"path": one} if isinstance(one, str) else one for one in listed]


def _role(value: object, where: str, name: str) -> object:
    """A role by its name, however it is spelled."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower().replace("_", "-").replace(" ", "-")
    found = {role.value: role for role in Role}
    if word not in found:
        raise _unusable(name, where, f"there is no role {value!r}; {did_you_mean(word, found)}".rstrip("."))
    return found[word]


def split_names(value: Any) -> Any:
    """One string may hold several names, with commas or semicolons, as Dynaconf reads them."""
    if not isinstance(value, str):
        return value
    separator = ";" if ";" in value else ","
    return [item.strip() for item in value.split(separator)] if value else []


def _unusable(name: str, where: str, what: str) -> ProjectError:
    return ProjectError(f"{name}: the option {where!r} cannot be used: {what}.", fix=f"Correct {where}.")
