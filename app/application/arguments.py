"""What the arguments of a Dynaconf call are: options, machinery that changes no value, or settings."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal

from app.application.calls import DJANGO, FLASK, GLOBAL
from app.core import limits
from app.merging.isolated_settings import INTERNAL_KEYS

type Part = Literal["option", "changing", "machinery", "setting", "spread"]

_SUFFIX = "_for_dynaconf"
_OTHER_NAMES: Mapping[str, str] = {
    "settings_file": "settings_files",
    "environment": "environments",
    "project_root": "root_path",
    "base_namespace": "default_env",
    "global_env": "envvar_prefix",
    "namespace": "env",
    "dynaconf_namespace": "env",
    "settings_module": "settings_files",
    "dynaconf_settings": "settings_files",
    "dynaconf_settings_module": "settings_files",
}
"""Older names of options, and other spellings. Source: `MISSPELL_OPTIONS` and `RENAMED_VARS` of Dynaconf 3.3.5."""

_RENAMED = frozenset(
    {
        "DYNACONF_NAMESPACE", "NAMESPACE_FOR_DYNACONF", "DYNACONF_SETTINGS_MODULE", "DYNACONF_SETTINGS",
        "SETTINGS_MODULE", "SETTINGS_MODULE_FOR_DYNACONF", "PROJECT_ROOT", "PROJECT_ROOT_FOR_DYNACONF",
        "BASE_NAMESPACE_FOR_DYNACONF", "GLOBAL_ENV_FOR_DYNACONF",
    }
)  # fmt: skip
"""Older names, which count before those of today. Source: `RENAMED_VARS` of Dynaconf 3.3.5."""

OLDER = 3
"""The weight of an older name."""

_TAKEN_FOR = frozenset({"settings_files", "SETTINGS_FILES", "environment", "ENVIRONMENT"})
"""Spellings that are put in the place of the right one. Source: `MISSPELL_OPTIONS` of Dynaconf 3.3.5."""

_SHARED = frozenset(
    {
        "settings_files", "root_path", "preload", "secrets", "includes", "environments", "env_switcher", "env",
        "default_env", "envvar_prefix", "ignore_unknown_envvars", "merge_enabled", "nested_separator", "force_env",
        "load_dotenv", "dotenv_path", "dotenv_override", "skip_files", "core_loaders", "auto_cast", "dotted_lookup",
    }
)  # fmt: skip
"""The options that Dynaconf's call and Assay have in common."""

_MACHINERY = frozenset(
    {
        "validators", "validate_only", "validate_exclude", "validate_only_current_env", "post_hooks", "fresh",
        "dynaboxify", "filter_strategy", "default_settings_paths", "dynaconf_skip_loaders", "dynaconf_skip_validators",
        "wrapped", "box_settings", "warn_dynaconf_global_settings",
        "dynaconf_options", "compatibility_mode",
    }
)  # fmt: skip
"""Arguments about how Dynaconf works. Source: `DynaconfConfig`, `DynaconfCore` and `Settings.__init__` of 3.3.5."""

_CHANGING: Mapping[str, str] = {
    "loaders": "other loaders may set values that are not known here",
    "filter_strategy": "it chooses which variables count, and is not run here",
    "post_hooks": "they may set values when the application starts, and are not run here",
    "_registered_hooks": "hooks may change a value whenever it is read, and are not run here",
    "_wrapper_class": "settings of a class of its own may change values when they are read",
    "index_separator": "variables may set items of lists, which is not followed here",
    "vault_enabled": "values of Vault are not known here",
    "redis_enabled": "values of Redis are not known here",
    "sysenv_fallback": "where nothing sets a key, a variable without a prefix may",
    "encoding": "files are read as UTF-8 here",
    "dynaconf_skip_loaders": "it loads nothing",
    "yaml_loader": "",
}
"""Arguments that change values, or may, in a way that no option follows; empty where TOML is not concerned."""

_NAMES = frozenset(key.lower().removesuffix(_SUFFIX) for key in INTERNAL_KEYS if key.endswith("_FOR_DYNACONF"))
_ENV_LOADER = "dynaconf.loaders.env_loader"
_AS_HERE = frozenset({"utf-8", "utf8"})


def option_of(name: str) -> str:
    """The option that an argument's name means, in lower case."""
    folded = name.lower().removesuffix(_SUFFIX)
    return _OTHER_NAMES.get(folded, folded)


def part_of(name: str) -> Part:
    """What an argument of that name is."""
    option = option_of(name)
    if name.startswith("**"):
        return "spread"
    if option in _SHARED:
        return "option"
    if option in _CHANGING:
        return "changing"
    is_own = option in _MACHINERY or option in _NAMES or name.upper() in INTERNAL_KEYS
    return "machinery" if is_own else "setting"


@lru_cache(maxsize=1 << 16)
def meant_option(name: str) -> str | None:
    """The option that a setting's name is a misspelling of; None where it is a name of its own."""
    if len(name) > limits.WORD.figure:
        return None
    known = [*_SHARED, *_NAMES, "validators", "settings_file"]
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.86)
    return found[0] if found and found[0] != name.lower() and len(name) > 3 else None  # noqa: PLR2004 - `env`, `fresh`


def change_of(name: str, value: Any) -> str:
    """What an argument that no option follows may change; empty for nothing."""
    option = option_of(name)
    if not value and option != "loaders":
        return ""
    if option == "loaders" and isinstance(value, list) and set(value) <= {_ENV_LOADER}:
        return ""
    if option == "encoding" and str(value).lower().replace("_", "-") in _AS_HERE:
        return ""
    return _CHANGING.get(option, "")


def reads_variables(loaders: Any) -> bool:
    """Whether the loaders of a call read variables; where they cannot be known, it is taken for granted."""
    return not isinstance(loaders, list | bool | None) or (isinstance(loaders, list) and _ENV_LOADER in loaders)


def weight(name: str) -> int:
    """Which of two spellings of an option counts: that of the higher number.

    Source: `normalize_kwargs` in `utils/__init__.py` of Dynaconf 3.3.5.
    """
    if name in _RENAMED:
        return OLDER
    if name.upper().endswith(_SUFFIX.upper()):
        return 0
    return OLDER - 1 if name in _TAKEN_FOR else 1


def implied(callee: str, names: Collection[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """What the extensions for Flask and Django, and the global object, take for options that are left out.

    Args:
        callee: which of them.
        names: the arguments, as they are written.
        options: what they say.

    Source: `contrib/flask_dynaconf.py`, `contrib/django_dynaconf_v2.py`, `__init__.py` of Dynaconf 3.3.5.
    """
    if callee == GLOBAL:
        return {"environments": True, "load_dotenv": True}
    if callee not in {FLASK, DJANGO}:
        return {"environments": False}
    prefix = "FLASK" if callee == FLASK else "DJANGO"
    is_plain = callee == FLASK and any(name.upper() == "ENVVAR_PREFIX" for name in names)
    switcher = f"{options.get('envvar_prefix', prefix) if is_plain else prefix}_ENV"
    return {"envvar_prefix": prefix, "env_switcher": switcher, "environments": True, "load_dotenv": True}


def beaten(callee: str, names: Collection[str]) -> set[str]:
    """The options that a call says in a spelling that counts for nothing: its extension's own beat it.

    Args:
        callee: which it is.
        names: the arguments, as they are written.

    Source: as that of `implied`, and `_should_load_dotenv` in `base.py`.
    """
    strong = {option_of(name) for name in names if weight(name)}
    if callee == FLASK:
        return {"envvar_prefix", "env_switcher", "environments", "load_dotenv"} - strong
    is_lost = "load_dotenv" not in (names if callee == DJANGO else strong)
    return {"load_dotenv"} if is_lost else set()


_SWITCHES = frozenset(
    {"environments", "load_dotenv", "merge_enabled", "ignore_unknown_envvars", "dotenv_override", "auto_cast",
     "dotted_lookup"}
)  # fmt: skip


def normal(options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The options as `assay.toml` has them: None is no option, and whatever is true switches on."""
    for name, value in options.items():
        if value is None:
            if name == "envvar_prefix":
                yield name, None
        elif name == "environments" and isinstance(value, list):
            yield name, value
        elif name == "environments":
            yield name, value is not False
        elif name in _SWITCHES:
            yield name, bool(value) if name != "dotted_lookup" else value is True
        else:
            yield name, value
