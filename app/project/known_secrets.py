"""The secrets of a project that are known by heart: read from its sources, whatever environment runs with them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import Path
from app.core.roles import is_secret
from app.core.secrecy import is_pointer, names_secret
from app.core.secrecy.taint import Taint, is_telling, is_telling_name, taint
from app.core.tree import Tree
from app.reports.values import Places, RoleOf
from app.rules.kit.known_defaults import is_placeholder, is_reference
from app.sources.project import Project

type Said = tuple[Path, object]


def known_secrets(role: RoleOf, is_placed: Places, said: Iterable[Said], variables: Mapping[str, str]) -> Taint:
    """The secrets that tell themselves, among what is said.

    Args:
        role: what a value is for.
        is_placed: whether a key is secret by its place.
        said: values by their keys, whatever says so.
        variables: of the process; those are secrets whose names say so.
    """
    by_key = {text for path, value in said for text in _of_key(path, value, role, is_placed)}
    return taint(by_key | {text for name, value in variables.items() for text in _of_variable(name, value)})


def said_in(project: Project) -> Iterator[Said]:
    """What the project's files say, of all sections."""
    for _, document in project.documents:
        for path, value in _flat(document.values, ()):
            yield (path[1:] if project.options.sectioned and len(path) > 1 else path), value


def said_by(tree: Tree) -> Iterator[Said]:
    """What a tree's layers say, and what became of it."""
    yield from ((one.path, one.value) for one in tree.statements)
    yield from ((one.path, one.value) for one in tree.leaves)


def _of_key(path: Path, value: object, role: RoleOf, is_placed: Places) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    text = str(value)
    if not is_telling(text.strip()):  # most texts are too short, and what they are for need not be asked
        return
    if is_secret(role(path, value)):
        yield from _telling(text, is_telling)
    elif is_placed(path):
        yield from _telling(text, is_telling_name)
    yield from _telling(_password(text), is_telling)


def _of_variable(name: str, value: str) -> Iterator[str]:
    if names_secret(name):
        yield from _telling(value, is_telling)
    yield from _telling(_password(value), is_telling)


def _telling(text: str, tells: Callable[[str], bool]) -> Iterator[str]:
    text = text.strip()
    if tells(text) and not (text.startswith("@") or is_placeholder(text) or is_reference(text) or is_pointer(text)):
        yield text


def _password(text: str) -> str:
    """The password of a URL, or of a key=value string; empty where there is none."""
    if not ("://" in text and "@" in text) and "password" not in text:
        return ""
    try:
        return dsn.parse(text).password or ""
    except TargetError:
        return ""


def _flat(value: Any, path: Path) -> Iterator[Said]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flat(item, (*path, number))
    else:
        yield path, value
