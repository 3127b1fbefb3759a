"""What files leave to be worked out where they are read: `@format {env[HOST]}`, `@get`, `@jinja`, `@read_file`.

No release can hold such a value: it names the key among those that an instance supplies. The instance does so as its
files say, with its own variables.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from dynaconf.base import DynaconfCore, Settings
from dynaconf.nodes import DataDict
from dynaconf.utils.functional import is_lazy

from assay_client import keys

Path = tuple[str, ...]
_known: WeakKeyDictionary[DynaconfCore, dict[Path, Any]] = WeakKeyDictionary()


def note(core: DynaconfCore) -> None:
    """Notes what of a core is worked out when it is read, before its files are taken away."""
    _known.setdefault(core, {}).update(_found((), core.store))


def inherit(core: DynaconfCore, old: DynaconfCore) -> None:
    """Lets a core that no file was loaded into know what the old one's files said."""
    _known[core] = dict(_known.get(old, {}))


def put_back(settings: Settings, supplied: Iterable[str], only: str | None) -> None:
    """Puts those back that a release leaves to the instance.

    Args:
        settings: into which the release was put.
        supplied: the keys that it leaves.
        only: the only top-level key that is loaded anew; None: all.
    """
    core = settings.__core__
    wanted = {key.casefold() for key in supplied}
    for path, value in _known.get(core, {}).items():
        if keys.dotted(path).casefold() in wanted and only in {None, path[0]}:
            _put(settings, path, value)
    core.clear_cache()


def _found(path: Path, table: dict[Any, Any]) -> Iterator[tuple[Path, Any]]:
    for name in dict.keys(table):
        value = dict.__getitem__(table, name)
        if isinstance(value, dict):
            yield from _found((*path, str(name)), value)
        elif is_lazy(value) or (isinstance(value, list) and _holds_lazy(value)):
            yield (*path, str(name)), value


def _holds_lazy(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_lazy(item) for item in dict.values(value))
    return any(map(_holds_lazy, list.__iter__(value))) if isinstance(value, list) else is_lazy(value)


def _put(settings: Settings, path: Path, value: Any) -> None:
    core = settings.__core__
    table = core.store
    for name in path[:-1]:
        if not dict.__contains__(table, name):
            dict.__setitem__(table, name, DataDict(box_settings=settings) if core.config.dynaboxify else {})
        table = dict.__getitem__(table, name)
        if not isinstance(table, dict):
            return  # what is released is no table any more
    dict.__setitem__(table, path[-1], value)
    core.config.deleted.discard(path[0])
