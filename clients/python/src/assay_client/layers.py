"""Where a release stands among an application's settings: where the project's files stood.

Dynaconf 3.3.5 loads, in this order (`Settings.execute_loaders`): options and arguments of the call, preloaded files,
settings files and their local siblings, the listed loaders (by default the variables alone), includes, hooks; then come
validators. A custom loader therefore runs behind the files. What they said is taken out here, the release put in its
place, and what wins over files is laid on top again: files of secrets, earlier loaders, variables. Validators and hooks
are Dynaconf's and see the result.

Released values are data: they go into the store as they are. `settings.set` would read `@int 5` as a number.
"""

import importlib
import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from dynaconf.base import RESERVED_ATTRS, UPPER_DEFAULT_SETTINGS, DynaconfCore, Settings
from dynaconf.loaders import (
    execute_instance_hooks,
    execute_module_hooks,
    ini_loader,
    json_loader,
    py_loader,
    toml_loader,
    yaml_loader,
)
from dynaconf.loaders.base import SourceMetadata
from dynaconf.nodes import DataDict, DataList
from dynaconf.utils import ensure_a_list, upperfy
from dynaconf.utils.files import get_local_filename

from assay_client import pinning, worked_out
from assay_client.release import Release

OURS = "assay_client.loader"
VARIABLES = "dynaconf.loaders.env_loader"
_INCLUDES = ("DYNACONF_INCLUDE", "INCLUDES_FOR_DYNACONF")
_INTERNAL = frozenset({*UPPER_DEFAULT_SETTINGS, *RESERVED_ATTRS})
_SKIPPING = ("DYNACONF_SKIP_LOADERS", "DYNACONF_SKIP_VALIDATORS")
_BY_EXTENSION = {
    ".toml": (toml_loader, "toml"),
    ".tml": (toml_loader, "toml"),
    ".yaml": (yaml_loader, "yaml"),
    ".yml": (yaml_loader, "yaml"),
    ".json": (json_loader, "json"),
    ".ini": (ini_loader, "ini"),
    ".conf": (ini_loader, "ini"),
    ".properties": (ini_loader, "ini"),
}


def stand_in(settings: Settings, release: Release, *, env: str, silent: bool, key: str | None) -> None:
    """Replaces what the project's files said, called where Dynaconf calls a loader.

    Args:
        settings: what is being loaded.
        release: what it is loaded on.
        env: the environment, as Dynaconf names it.
        silent: whether errors of files are passed over.
        key: the only top-level key that is loaded anew; None: all.
    """
    worked_out.note(settings.__core__)
    includes = [item for name in _INCLUDES for item in ensure_a_list(settings.get(name))]
    _forget_files(settings, key)
    _place(settings, release, key)
    worked_out.put_back(settings, release.supplied, upperfy(key) if key else None)
    for path in _secret_files(settings):
        _load_file(settings, path, env, silent=silent, key=key)
    secret_includes = [item for item in includes if _is_secret_name(item)]
    if secret_includes:
        settings.load_file(path=secret_includes, env=env, silent=silent, key=key, run_hooks=False)
    for name in _names_of_loaders(settings, before=True):
        importlib.import_module(name).load(settings, env, silent=silent, key=key)


def load_variables(settings: Settings, *, env: str, silent: bool, key: str | None) -> None:
    """Loads the variables where the application's list of loaders leaves them out because ours stands in it.

    From the second time on Dynaconf does it itself, last of all loaders, and again behind includes, as by default.
    """
    config = settings.__core__.config
    if OURS in config.loaders and VARIABLES not in config.loaders:
        config.loaders = [*config.loaders, VARIABLES]
        importlib.import_module(VARIABLES).load(settings, env, silent=silent, key=key)


def restore_includes(settings: Settings) -> None:
    """Lets the project's own includes count again, where no release stands in their place."""
    config = settings.__core__.config
    if "INCLUDES_FOR_DYNACONF" in config.defaults and not settings.get("INCLUDES_FOR_DYNACONF"):
        settings.store["INCLUDES_FOR_DYNACONF"] = config.defaults["INCLUDES_FOR_DYNACONF"]


def replayed(settings: Settings, release: Release) -> DynaconfCore:
    """The core of the same settings under another release, ready to be put in place.

    Files of secrets are read anew, and so are the variables; hooks and validators run. The settings object itself
    stays as it is.

    Raises:
        Exception: whatever a validator, a hook or another loader raises.
    """
    old = pinning.newest(settings)
    side = _empty_copy(settings, old)
    worked_out.inherit(side.__core__, old)
    env = str(side.current_env).upper()
    stand_in(side, release, env=env, silent=True, key=None)
    for name in _names_of_loaders(side, before=False):
        importlib.import_module(name).load(side, env, silent=True, key=None)
    side.load_includes(env, silent=True, key=None)
    core = side.__core__
    execute_module_hooks("post", side, env, silent=True, key=None)
    execute_instance_hooks(side, "post", core.config.post_hooks)
    if not old.config.defaults.get("dynaconf_skip_validators"):
        config = core.config
        core.validators.validate(
            only=config.validate_only,
            exclude=config.validate_exclude,
            only_current_env=config.validate_only_current_env,
        )
    return core


def values_of(settings: Settings, core: DynaconfCore) -> dict[str, Any]:
    """The effective values of a core, without Dynaconf's own options; what cannot be evaluated is left out."""
    values = {}
    with pinning.pinned({id(settings): core}):
        for name in list(core.store):
            if name not in _INTERNAL and isinstance(name, str):
                try:
                    values[name] = _evaluated(core.store[name])
                except Exception:  # noqa: BLE001, S112 - an application's own formatters may raise anything
                    continue
    return values


def _evaluated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _evaluated(value[name]) for name in dict.keys(value)}
    return [_evaluated(item) for item in value] if isinstance(value, list) else value


def _forget_files(settings: Settings, key: str | None) -> None:
    """Takes out all but Dynaconf's own options and what the call's arguments said."""
    core = settings.__core__
    wanted = upperfy(key) if key else None
    for name in [name for name in dict.keys(core.store) if name not in _INTERNAL and wanted in {None, name}]:
        dict.pop(core.store, name)
    core.clear_cache()
    if key is None:
        core.config.deleted.clear()
        core.config.loaded_by_loaders.clear()
        core.store["INCLUDES_FOR_DYNACONF"] = []  # the project's files; they would be loaded behind everything else
    for name, value in list(core.config.defaults.items()):
        if str(name).upper() not in _INTERNAL and wanted in {None, upperfy(str(name).split(".")[0].split("__")[0])}:
            settings.set(name, deepcopy(value), loader_identifier="init_kwargs", validate=False, dotted_lookup=True)


def _place(settings: Settings, release: Release, key: str | None) -> None:
    core = settings.__core__
    placed = {upperfy(name): value for name, value in release.settings.items()}
    wanted = upperfy(key) if key else None
    for name, value in placed.items():
        if name not in _INTERNAL and name not in _INCLUDES and wanted in {None, name}:
            core.store[name] = _node(value, settings) if core.config.dynaboxify else deepcopy(value)
            core.config.deleted.discard(name)
    core.clear_cache()
    source = SourceMetadata("assay_client", f"release {release.id}", release.environment)
    core.config.loaded_by_loaders[source] = placed  # what `dynaconf.inspect_settings` shows


def _node(value: Any, settings: Settings) -> Any:
    if isinstance(value, dict):
        return DataDict(value, box_settings=settings)
    return DataList(value, box_settings=settings) if isinstance(value, list) else value


def _secret_files(settings: Settings) -> Iterator[str]:
    """The files of secrets among those that were loaded, in the order in which they were, each once."""
    listed = [str(item) for item in ensure_a_list(settings.get("SECRETS_FOR_DYNACONF"))]
    listed += [get_local_filename(item) for item in listed]
    for path in dict.fromkeys(settings.__core__.config.loaded_files):
        named = any(path == item or path.endswith(os.sep + os.path.normpath(item)) for item in listed)
        if (named or _is_secret_name(path)) and Path(path).exists():
            yield path


def _is_secret_name(path: object) -> bool:
    return "secret" in Path(str(path)).name.lower()


def _load_file(settings: Settings, path: str, env: str, *, silent: bool, key: str | None) -> None:
    extension = Path(path).suffix.lower()
    if extension in _BY_EXTENSION:
        loader, identifier = _BY_EXTENSION[extension]
        loader.load(settings, env=env, silent=silent, key=key, filename=path, identifier=identifier)
    else:
        py_loader.load(settings, path, silent=silent, key=key)


def _names_of_loaders(settings: Settings, *, before: bool) -> list[str]:
    """The listed loaders before ours, or those behind it."""
    names = list(settings.__core__.config.loaders)
    position = names.index(OURS) if OURS in names else len(names)
    return names[:position] if before else names[position + 1 :]


def _empty_copy(settings: Settings, old: DynaconfCore) -> Settings:
    """A settings object of the same class, options and arguments, into which nothing was loaded."""
    options = {name: dict.__getitem__(old.store, name) for name in UPPER_DEFAULT_SETTINGS if name in old.store}
    arguments: Mapping[str, Any] = {**deepcopy(old.config.defaults), **options}
    skipping = {name.lower(): True for name in _SKIPPING}
    side = pinning.kind(settings)(validators=list(old.validators), **{**arguments, **skipping})
    core = side.__core__
    for name in (*_SKIPPING, *(name.lower() for name in _SKIPPING)):
        dict.pop(core.store, name, None)
    config = core.config
    config.defaults = old.config.defaults
    config.loaders = list(old.config.loaders)
    config.loaded_files = list(old.config.loaded_files)
    config.loaded_py_modules = list(old.config.loaded_py_modules)
    config.loaded_envs = list(old.config.loaded_envs)
    config.post_hooks = old.config.post_hooks
    config.fresh_vars = list(old.config.fresh_vars)
    return side
