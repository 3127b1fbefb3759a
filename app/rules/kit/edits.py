"""The edit that sets a key, and the words for it: both come from one choice of the place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from app.core import dsn
from app.core.findings import Edit, Fix
from app.core.layers import CODE, VARIABLES, Layer, Origin, Path, dotted, fold, stem
from app.core.roles import SECRET_ROLES
from app.core.tree import Leaf, Statement, Tree
from app.rules.kit.placing import Place
from app.rules.kit.toml_text import Raw, toml_lines, toml_literal, variable_line, variable_text

if TYPE_CHECKING:
    from app.rules.kit.subject import EnvironmentContext

_HIDDEN = Raw('"…"')
_REFERRING = "valueFrom.secretKeyRef, env_file or EnvironmentFile="


class Wish(Struct, frozen=True, kw_only=True):
    """What a fix wants: a key with a value.

    Attributes:
        path: the key.
        value: what it is to be set to; None for what only a person can choose.
        sample: what stands for that in a line of TOML.
        secret: whether it belongs into a secrets file.
        place: where it is to be set; None for where a key like that belongs.
    """

    path: Path
    value: Any = None
    sample: str = '"…"'
    secret: bool = False
    place: Place | None = None

    @property
    def shown(self) -> Any:
        """What the line says: the value, or what stands for it."""
        return Raw(self.sample) if self.value is None else self.value


class _Choice(Struct, frozen=True, kw_only=True):
    """A wish, a list's item as the list that it stands in, and where it comes true: at a variable, else at a place.

    `appended` says that a variable would not do: what is appended to a list takes nothing out of it.
    """

    wish: Wish
    place: Place
    variable: Layer | None = None
    appended: bool = False


def edit_of(subject: "EnvironmentContext", wish: Wish) -> Edit | None:
    """The edit that makes the wish come true in the subject's environment; None where none does."""
    chosen = _chosen(subject, wish)
    wish, place = chosen.wish, chosen.place
    if _in_manifest(subject, chosen):
        return None
    if chosen.variable:
        return _at_variable(subject, wish, chosen.variable)
    if place.loader:
        return place.loader.edit
    name = subject.variable(wish.path)
    if place.file is None:
        return _variable_edit(subject, wish, name) if name and subject.active else None
    return None if _counterparts(subject, wish, place) else _in_file(wish, place)


def words_of(subject: "EnvironmentContext", wish: Wish, edit: Edit | None) -> str:
    """The ways to make the wish come true, as a sentence has them: the edit's own, and the variable that would do."""
    if edit and edit.kind == "variable":
        return edit.text
    chosen = _chosen(subject, wish)
    if manifest := _in_manifest(subject, chosen):
        return f"{manifest.name} by reference ({_REFERRING}), not in {manifest.file}"
    name = subject.variable(chosen.wish.path)
    if chosen.place.file is None and wish.secret and name:
        return f"set {name}"
    text = _line(chosen.wish, chosen.place)
    if also := _counterparts(subject, chosen.wish, chosen.place):
        text += f" with the same in {', '.join(map(dotted, also))}"
    is_appended = chosen.appended or (subject.appends_lists and _is_list(chosen.wish))
    return f"{text}, or set {_assigned(subject, chosen.wish, name)}" if name and not is_appended else text


def _assigned(subject: "EnvironmentContext", wish: Wish, name: str) -> str:
    """The variable with its text; by itself where only a person can choose that, or nobody is to write it down."""
    if wish.value is None or wish.secret:
        return name
    return variable_line(name, variable_text(wish.value, literal=subject.is_text(wish.path)))


def _chosen(subject: "EnvironmentContext", wish: Wish) -> _Choice:
    above = stem(wish.path)
    place = wish.place or subject.placed(above, secret=wish.secret)
    if place.in_tables:
        return _Choice(wish=wish, place=place, variable=_variable(subject, wish.path))
    leaves = list(subject.tree.below(above))
    item = subject.tree.get(*wish.path) or next(iter(leaves), None)
    is_list = item is not None and len(item.path) > len(above) and isinstance(item.path[len(above)], int)
    if item is None or item.layer is None or not is_list:
        return _Choice(wish=_whole(subject, wish, leaves), place=place, variable=_variable(subject, above))
    ranks = {id(leaf.layer) for leaf in leaves}
    if item.layer.kind in VARIABLES:
        own = [leaf for leaf in leaves if leaf.layer is item.layer]
        return _Choice(wish=_whole(subject, wish, own), place=place, variable=item.layer)
    if place.resets and len(above) == 1 and item.layer.kind == "file" and not _is_bared(subject, wish, item.layer):
        if len(item.source) > len(stem(item.source)) + 1:
            there = Place(key=stem(item.source), file=item.layer.file, section=item.layer.section, in_tables=True)
            return _Choice(wish=replace(wish, path=item.source), place=there, appended=True)
        own = [leaf for leaf in leaves if leaf.layer is item.layer]
        there = Place(key=stem(item.source), file=item.layer.file, section=item.layer.section)
        return _Choice(wish=_whole(subject, wish, own), place=there, appended=True)
    rest = [leaf for leaf in leaves if leaf.layer is None or leaf.layer.kind not in VARIABLES]
    shown = _whole(subject, wish, rest if len(ranks) > 1 else leaves)
    return _Choice(wish=shown, place=place, appended=place.resets)


def _is_bared(subject: "EnvironmentContext", wish: Wish, layer: Layer) -> bool:
    """Whether a secret stands where everybody reads it: no other one belongs there."""
    return wish.secret and subject.is_committed(layer.file or "")


def _in_manifest(subject: "EnvironmentContext", chosen: _Choice) -> Origin | None:
    """Where a committed manifest holds a secret in clear: another one does not belong there either."""
    layer, said = chosen.variable, subject.deployment
    found = said.variables.get(layer.name or "") if layer and said and layer.kind == "deployment" else None
    is_kept = found and found.manifest and subject.is_committed(found.origin.file or "")
    return found.origin if found and is_kept and chosen.wish.secret and chosen.wish.value is None else None


def _counterparts(subject: "EnvironmentContext", wish: Wish, place: Place) -> list[Path]:
    """What has to be changed along with a value that somebody chooses: a URL and its parts may not disagree."""
    return subject.counterparts(place) if wish.value is None and not place.in_tables else []


def _line(wish: Wish, place: Place) -> str:
    lines = _lines(wish, place).split("\n")
    where = f" in {place.file}" if place.file and (wish.secret or len(lines) == 1) else ""
    if place.loader and place.file:
        where = f" in {place.file}, once {place.loader.text}"
    return f"{' '.join(lines)}{where}"


def _lines(wish: Wish, place: Place) -> str:
    key = _key(wish, place)
    if place.in_tables:
        return f"{dotted(key[-1:])} = {toml_literal(wish.shown)}"
    depth = len(key) - 1 if place.above is None else place.above
    above = (*((place.section,) if place.section else ()), *key[:depth])
    return toml_lines(above, key[depth:], _value(wish, place))


def _key(wish: Wish, place: Place) -> Path:
    """The key as the place has it; where lists are tables, with the item and what is below it."""
    return (*place.key, *wish.path[len(stem(wish.path)) :]) if place.in_tables else place.key


def _value(wish: Wish, place: Place) -> Any:
    value = wish.shown
    if not (place.resets and _is_list(wish)):
        return value
    text = f"@reset {toml_literal(value)}"
    return Raw(f"'{text}'") if wish.value is None else text


def _is_list(wish: Wish) -> bool:
    value = wish.shown
    return isinstance(value, list) or (isinstance(value, Raw) and value.startswith("["))


def _in_file(wish: Wish, place: Place) -> Edit:
    value = None if wish.value is None else _value(wish, place)
    return Edit(
        kind="set",
        text=_lines(wish, place),
        key=dotted(_key(wish, place)),
        file=place.file,
        section=place.section,
        value=value,
    )


def _at_variable(subject: "EnvironmentContext", wish: Wish, layer: Layer) -> Edit | None:
    """The variable that has the last word, or the deeper one that would have it."""
    there = next((one for one in subject.variables if one.layer is layer), None)
    usual = subject.variable(wish.path)
    exact = there is not None and (fold(there.path) == fold(wish.path) or layer.name == usual)
    name = layer.name if exact else usual
    return _variable_edit(subject, wish, name, layer.file if exact else None) if name else None


def _variable_edit(subject: "EnvironmentContext", wish: Wish, name: str, file: str | None = None) -> Edit:
    text = variable_text(wish.shown, literal=subject.is_text(wish.path))
    return Edit(kind="variable", text=variable_line(name, text), key=name, file=file, value=wish.value)


def _variable(subject: "EnvironmentContext", path: Path) -> Layer | None:
    """The variable that says what the environment gets there; or that takes the place of a table around."""
    leaves = [*subject.tree.below(path)]
    said = [leaf.layer for leaf in leaves if leaf.layer and leaf.layer.kind in VARIABLES]
    if said or leaves:
        return said[-1] if said else None
    usual = subject.variable(path)  # a URL's parts stand elsewhere than the URL
    around = (one.layer for one in subject.variables
              if one.layer.name == usual or fold(path)[: len(one.path)] == fold(one.path))  # fmt: skip
    return next(around, None)


def _whole(subject: "EnvironmentContext", wish: Wish, leaves: Sequence[Leaf]) -> Wish:
    """The wish for a list's item as a wish for the list that these leaves are."""
    above = stem(wish.path)
    if above == wish.path:
        return wish
    if _is_list(wish):
        return replace(wish, path=above)
    hidden = [leaf.path for leaf in leaves if _hides(subject, leaf.path, leaf.value)]
    shown = _items(wish, [replace(leaf, value=_HIDDEN) if leaf.path in hidden else leaf for leaf in leaves])
    value = None if hidden or wish.value is None else shown
    return Wish(path=above, value=value, sample=toml_literal(shown), secret=wish.secret)


def _items(wish: Wish, leaves: Sequence[Leaf]) -> Any:
    """The list that these leaves are, with the wish in its place."""
    above = stem(wish.path)
    tail = wish.path[len(above) :]
    if all(len(leaf.path) == len(above) + 1 for leaf in leaves) and len(tail) == 1:
        folded = fold(wish.path)
        values = [wish.shown if fold(leaf.path) == folded else leaf.value for leaf in leaves]
        return values if any(fold(leaf.path) == folded for leaf in leaves) else [*values, wish.shown]
    items = at(Tree(environment="", leaves=tuple(leaves)).nested(), above)
    return _with(items if isinstance(items, list) else [], tail, wish.shown)


def at(node: Any, path: Path) -> Any:
    """What stands there, whatever the case of the keys."""
    for part in fold(path):
        table = node if isinstance(node, dict) else {}
        node = next((value for key, value in table.items() if key.casefold() == part), None)
    return node


def _hides(subject: "EnvironmentContext", path: Path, value: object) -> bool:
    return subject.role(path, value) in SECRET_ROLES or (isinstance(value, str) and dsn.mask(value) != value)


def _with(node: Any, path: Path, value: Any) -> Any:
    """The list or table with the value in its place."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(part, int):
        items = list(node) if isinstance(node, list) else []
        if part < len(items):
            return [_with(item, rest, value) if at == part else item for at, item in enumerate(items)]
        return [*items, _with(None, rest, value)]
    table = dict(node) if isinstance(node, dict) else {}
    return {**table, part: _with(table.get(part), rest, value)}


def alone(fix: Fix) -> Fix:
    """The fix of what an environment is to have for itself: what stands in `[global]` is everybody's, and is advice."""
    shared = fix.edit is not None and (fix.edit.section or "").lower() == "global"
    return Fix(text=fix.text) if shared else fix


def removal(text: str, leaf: Leaf | Statement | None) -> Fix:
    """The fix that takes out what a place says: a key of a file, or a variable; of a list's item nothing is known."""
    layer = leaf.layer if leaf else None
    if leaf is None or layer is None or layer.kind in {"default", *CODE}:
        return Fix(text=text)
    if layer.kind in VARIABLES:
        name = layer.name or ""
        return Fix(text=text, edit=Edit(kind="unset", text=f"unset {name}", key=name, file=layer.file))
    key = layer.aliases.get(leaf.source, leaf.source)
    if any(isinstance(part, int) for part in key):
        return Fix(text=text)
    where = f"[{layer.section}] of {layer.file}" if layer.section else layer.file
    said = f"# take {dotted(key)} out of {where}"
    return Fix(text=text, edit=Edit(kind="unset", text=said, key=dotted(key), file=layer.file, section=layer.section))
