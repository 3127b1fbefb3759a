"""What the arguments of a Dynaconf call are: options, machinery that changes no value, or settings."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from app.application.calls import DJANGO, FLASK, GLOBAL, Call
from app.core import limits
from app.core.opening import exists, is_file
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
        "_wrapper_class", "wrapped", "box_settings", "warn_dynaconf_global_settings",
        "dynaconf_options", "compatibility_mode",
    }
)  # fmt: skip
"""Arguments about how Dynaconf works. Source: `DynaconfConfig`, `DynaconfCore` and `Settings.__init__` of 3.3.5."""

_CHANGING: Mapping[str, str] = {
    "loaders": "other loaders may set values that are not known here",
    "filter_strategy": "it chooses which variables count, and is not run here",
    "post_hooks": "they may set values when the application starts, and are not run here",
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
    return _CHANGING.get(option, "")


def reads_variables(loaders: Any) -> bool:
    """Whether the loaders of a call read variables; where they cannot be known, it is taken for granted."""
    return not isinstance(loaders, list | bool | None) or (isinstance(loaders, list) and _ENV_LOADER in loaders)


def implied(callee: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What the extensions for Flask and Django, and the global object, take for options that are left out.

    Source: `contrib/flask_dynaconf.py`, `contrib/django_dynaconf_v2.py`, `__init__.py` of Dynaconf 3.3.5.
    """
    if callee == GLOBAL:
        return {"environments": True, "load_dotenv": True}
    if callee not in {FLASK, DJANGO}:
        return {"environments": False}
    prefix = "FLASK" if callee == FLASK else "DJANGO"
    given = options.get("envvar_prefix")
    switcher = f"{given}_ENV" if callee == FLASK and isinstance(given, str) else f"{prefix}_ENV"
    return {"envvar_prefix": prefix, "env_switcher": switcher, "environments": True, "load_dotenv": True}


_EXTENSIONS = ("py", "toml", "tml", "yaml", "yml", "ini", "conf", "properties", "json")
DEFAULT_FILES = [f"{stem}.{ending}" for stem in ("settings", ".secrets") for ending in _EXTENSIONS]
"""What Dynaconf itself looks for where no file is named. Source: Dynaconf, `constants.py`."""
_ALWAYS = frozenset({"settings.toml", ".secrets.toml"})


def has_defaults(call: Call) -> bool:
    """Whether files are looked for where none is named."""
    named = any(one.name == "default_settings_paths" for one in call.arguments)
    return named or call.callee in {FLASK, DJANGO, GLOBAL}


def default_files(call: Call, root: Path) -> list[str]:
    """The files that are loaded where a call names none: those that are there, and those that every project may have.

    They lie in the project's folder, else beside the code.
    """
    if not has_defaults(call):
        return []
    itself = Path(call.file).name if call.callee == DJANGO else ""
    is_there = any(exists(place) for name in DEFAULT_FILES for place in _places(root, name, call))
    folder = root if is_there else (root / call.file).parent
    names = (name for name in DEFAULT_FILES if name != itself)
    return [name for name in names if name in _ALWAYS or any(is_file(place) for place in _places(folder, name, call))]


def _places(folder: Path, name: str, call: Call) -> Iterator[Path]:
    """Where a file may lie; Django's extension begins at the module that calls it."""
    yield folder / name
    if call.callee != DJANGO:
        yield folder / "config" / name


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
