"""What the text of a value means for its key: a value of the type that the key has, unless another is asked for."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import Path as KeyPath
from app.core.layers import dotted, fold
from app.core.tree import Tree
from app.project.workspace import Workspace
from app.toml_edit.choice import BASE
from app.toml_edit.kinds import NAMES, Kind, as_kind, kept, kind_of
from app.toml_edit.literal import Meaning, understood, written

_MODELLED: dict[str, Kind] = {"text": "str", "list": "list", "tables": "list", "table": "table"}
_BRACKETS = ("[", "{")


class PresentValue(Struct, frozen=True, kw_only=True):
    """What a key is now.

    Attributes:
        kind: the type of its value.
        place: what says so: where it is set, or the model.
        items: the types of a list's items.
        bracketed: whether it is a text that looks like a list or a table.
        modelled: whether a model says so.
    """

    kind: Kind
    place: str
    items: frozenset[Kind] = frozenset()
    bracketed: bool = False
    modelled: bool = False


class Meant(Struct, frozen=True, kw_only=True):
    """A value, and what is to be said about it.

    Attributes:
        objection: why it is not what the key holds; empty where it is.
        note: that the key becomes something else, as it was asked for.
    """

    meaning: Meaning
    objection: str = ""
    note: str = ""


def meant(workspace: Workspace, environment: str, path: KeyPath, text: str, asked: str | None) -> Meant:
    """The value that a text stands for.

    Args:
        workspace: where.
        environment: whose key it is.
        path: the key.
        text: as it was typed.
        asked: the type that was asked for, if any.

    Raises:
        ArgumentError: the text is nothing of the type that was asked for, or nothing that TOML can hold.
    """
    present = present_of(workspace, environment, path)
    if asked:
        meaning = as_kind(text, asked, present.items if present else frozenset())
        return Meant(meaning=meaning, note=_becomes(path, present, meaning))
    if present is None:
        return Meant(meaning=_new(workspace, path, text))
    is_text = present.modelled or present.bracketed or workspace.mask().hides(path, text)
    found = written(text) if present.kind == "str" and is_text else kept(text, present.kind, present.items)
    if found is not None:
        stays = "" if is_text else _stays(path, present, found, understood(text, "other"))
        return Meant(meaning=found, note=stays or _becomes(path, present, found))
    return Meant(meaning=understood(text, "other"), objection=_objection(path, present))


def _new(workspace: Workspace, path: KeyPath, text: str) -> Meaning:
    """The value of a key that nothing sets; a secret is a text, however much it looks like a number."""
    meaning = understood(text, "other")
    is_text = not isinstance(meaning.value, bool | list | dict) and workspace.mask().hides(path, text)
    return understood(text, "text") if is_text else meaning


def present_of(workspace: Workspace, environment: str, path: KeyPath) -> PresentValue | None:
    """What the key is: as the model says, else in its environment's files, else in another's; None where it is new."""
    shape = workspace.model.shape.at(path) if workspace.model.shape else None
    found = _valued(workspace, environment, path)
    if shape and shape.kind in _MODELLED:
        items = found.items if found else frozenset()
        return PresentValue(kind=_MODELLED[shape.kind], place="the model", items=items, modelled=True)
    is_judged = shape is not None and not shape.open  # by the model, which a text that is there now may not please
    return None if is_judged and found and found.kind == "str" else found


def _valued(workspace: Workspace, environment: str, path: KeyPath) -> PresentValue | None:
    bare = replace(workspace, scope="none")
    for name in dict.fromkeys((environment, BASE, *bare.environments)):
        if (name != BASE or bare.project.options.sectioned) and (found := _in(bare.tree(name), path)):
            return found
    return None


def _in(tree: Tree, path: KeyPath) -> PresentValue | None:
    leaves = [leaf for leaf in tree.below(path) if leaf.state != "unresolved"]
    if not leaves:
        return None
    place = str(leaves[0].origin or "there")
    exact = next((leaf for leaf in leaves if fold(leaf.path) == fold(path)), None)
    if exact is None:
        is_list = isinstance(leaves[0].path[len(path)], int)
        items = frozenset(_items(tree, path)) if is_list else frozenset[Kind]()
        return PresentValue(kind="list" if is_list else "table", place=place, items=items)
    kind = kind_of(exact.value)
    bracketed = isinstance(exact.value, str) and exact.value.lstrip().startswith(_BRACKETS)
    return PresentValue(kind=kind, place=place, bracketed=bracketed) if kind else None


def _items(tree: Tree, path: KeyPath) -> Iterator[Kind]:
    for leaf in tree.below(path):
        kind = kind_of(leaf.value)
        if len(leaf.path) > len(path) + 1:
            yield "table" if isinstance(leaf.path[len(path) + 1], str) else "list"
        elif kind:
            yield kind


def _stays(path: KeyPath, present: PresentValue, meaning: Meaning, other: Meaning) -> str:
    """That a text stays one, where the value would be something else in a new key."""
    kind = kind_of(other.value)
    if present.kind != "str" or kind_of(meaning.value) != "str" or kind in {"str", None}:
        return ""
    asked = {"date": "toml"}.get(str(kind), kind)
    return f"{dotted(path)} stays a text ({present.place}); --type {asked} makes it {NAMES[kind]}." if kind else ""


def _becomes(path: KeyPath, present: PresentValue | None, meaning: Meaning) -> str:
    kind = kind_of(meaning.value)
    is_token = isinstance(meaning.value, str) and meaning.value.startswith("@")
    if present is None or kind in {present.kind, None} or is_token:
        return ""
    return f"{dotted(path)} was {NAMES[present.kind]} ({present.place}); it becomes {NAMES[kind]}." if kind else ""


def _objection(path: KeyPath, present: PresentValue) -> str:
    said = f"{dotted(path)} is {NAMES[present.kind]} ({present.place}), and VALUE is not"
    items = " of its kind" if present.kind == "list" else ""
    return f"{said}{items}; --type str makes it a text, on purpose."
