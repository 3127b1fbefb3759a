"""Where in the settings something leads: Dynaconf's look-ups, step by step."""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.application.usage.facts import Steps

WHOLE = frozenset({"to_dict", "as_dict", "items", "keys", "values", "store", "populate_obj", "dynaconf_clone",
                   "__dict__", "__iter__", "copy", "maps", "get_namespace"})  # fmt: skip
"""What gives all settings at once."""

CHANGING = frozenset({"load_file", "configure", "execute_loaders", "pre_load", "load_includes", "load_extra_yaml",
                      "update", "unset", "unset_all", "set", "setdefault", "from_object", "from_pyfile",
                      "from_mapping", "from_envvar", "from_prefixed_env", "from_file", "from_json"})  # fmt: skip
"""What may give them values that stand in no file."""

INTERFACE = frozenset(
    {
        *WHOLE, *CHANGING, "validators", "reload", "clean", "fresh", "setenv", "using_env", "from_env", "current_env",
        "current_namespace", "settings_module", "find_file", "path_for", "logger", "flag", "environ", "loaders", "env",
        "settings_file", "dynaconf_banner",
        "loaded_by_loaders", "loaded_envs", "loaded_files", "loaded_namespaces", "dynaconf", "configured", "wrapped",
        "is_overridden", "filter_strategy", "namespace", "namespaces", "using_namespace", "exists", "get", "get_fresh",
        "load_extensions",
        "get_environ", "exists_in_environ", "as_bool", "as_int", "as_float", "as_json", "__class__", "__doc__",
    }
)  # fmt: skip
"""Attributes of the settings themselves, which are no keys.

Source: `LazySettings`, `Settings` and `DynaconfConfig` of Dynaconf 3.3.5; `flask.Config`.
"""


_CONFIG = ".config"


class SettingsPlace(Struct, frozen=True):
    """A place in the settings.

    Attributes:
        path: the key's parts, as the code spells them.
        own: whether these are the project's own settings.
        sure: whether nothing else can be meant.
        default: whether something stands in where the key is missing.
        other: whether another environment is selected.
        glob: the last part, where that is known only in part; `*` where not at all.
        ended: whether what follows is no look-up any more.
        interface: the attribute of the settings themselves that it is.
        holder: whether it is Flask's application, whose `config` the settings are.
    """

    path: tuple[str, ...] = ()
    own: bool = True
    sure: bool = True
    default: bool = False
    other: bool = False
    glob: str = ""
    ended: bool = False
    interface: str = ""
    holder: bool = False


type KnownPlaces = dict[tuple[Path | None, str], dict[SettingsPlace, None]]
"""What each symbol of a file stands for, and each attribute of whatever object, in the order in which it was found."""


def follow(place: SettingsPlace, steps: Steps, separator: str) -> SettingsPlace:
    """Where these steps lead from a place.

    Args:
        place: the begin.
        steps: what is looked up.
        separator: what stands for a dot in a key that is looked up at the top.
    """
    for number, step in enumerate(steps):
        if place.ended:
            break
        following = steps[number + 1] if number + 1 < len(steps) else ""
        place = _step(place, step, separator, is_called=following.startswith("()"))
    return place


def _step(place: SettingsPlace, step: str, separator: str, *, is_called: bool) -> SettingsPlace:
    sign, name = step[0], step[1:]
    if place.holder:
        is_made = step.startswith("()")
        return replace(place, holder=step != _CONFIG, ended=not is_made and step != _CONFIG)
    if sign == ".":
        return _attribute(place, name, is_called=is_called)
    if sign in "[(" and step[:2] != "()":
        return replace(place, path=(*place.path, *_parts(name, separator, top=not place.path)))
    if sign == "(" and step[2:] and not place.path:
        return replace(place, path=_parts(step[2:], separator, top=True), default=True)
    return _MARKS[sign](place, name) if sign in _MARKS else replace(place, ended=True)


_MARKS: Mapping[str, Callable[[SettingsPlace, str], SettingsPlace]] = {
    "!": lambda place, _: replace(place, default=True),
    "/": lambda place, _: replace(place, sure=False),
    "^": lambda place, _: replace(place, other=True),
    "~": lambda place, glob: replace(place, glob=glob, ended=True),
    "?": lambda place, _: replace(place, glob="*", ended=True),
}


def _attribute(place: SettingsPlace, name: str, *, is_called: bool) -> SettingsPlace:
    if not place.path and name in INTERFACE:
        return replace(place, interface=name, ended=True)
    if place.path and is_called:  # a method of a value, or of a table
        return replace(place, ended=True)
    return replace(place, path=(*place.path, name))


def _parts(name: str, separator: str, *, top: bool) -> tuple[str, ...]:
    """The parts of a key that is looked up; only at the top a dot leads into a table."""
    if not top:
        return (name,)
    dotted = name.replace(separator, ".") if separator else name
    return tuple(part for part in dotted.split(".") if part) or (name,)
