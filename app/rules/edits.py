"""The edit that sets a key, and the words for it: both come from one choice of the place."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app import dsn
from app.findings import Edit, Fix
from app.layers import Layer, Path, dotted, fold, stem
from app.roles import SECRET_ROLES
from app.rules.placing import Place
from app.rules.toml_text import Raw, toml_lines, toml_literal, variable_line, variable_text
from app.tree import Leaf, Statement, Tree

if TYPE_CHECKING:
    from app.rules.subject import Subject


class Wish(Struct, frozen=True, kw_only=True):
    """What a fix wants: a key with a value.

    Attributes:
        path: the key.
        value: what it is to be set to; None for what only a person can choose.
        sample: what stands for that in a line of TOML.
        secret: whether it belongs into a secrets file.
    """

    path: Path
    value: Any = None
    sample: str = '"…"'
    secret: bool = False

    @property
    def shown(self) -> Any:
        """What the line says: the value, or what stands for it."""
        return Raw(self.sample) if self.value is None else self.value


def edit_of(subject: "Subject", wish: Wish) -> Edit | None:
    """The edit that makes the wish come true in the subject's environment; None where none does."""
    place = subject.placed(stem(wish.path), secret=wish.secret)
    if not place.in_tables:
        wish = _whole(subject, wish)
    if layer := _variable(subject, wish.path):
        return _at_variable(subject, wish, layer)
    if place.loader:
        return place.loader
    name = subject.variable(wish.path)
    if place.file is None:
        return _variable_edit(subject, wish, name) if name and subject.active else None
    return _in_file(wish, place)


def words_of(subject: "Subject", wish: Wish, edit: Edit | None) -> str:
    """The ways to make the wish come true, as a sentence has them: the edit's own, and the variable that would do."""
    if edit and edit.kind == "variable":
        return edit.text
    place = subject.placed(stem(wish.path), secret=wish.secret)
    if not place.in_tables:
        wish = _whole(subject, wish)
    text = _line(wish, place)
    name = subject.variable(wish.path)
    return f"{text}, or set {name}" if name else text


def _line(wish: Wish, place: Place) -> str:
    lines = _lines(wish, place).split("\n")
    where = f" in {place.file}" if place.file and (wish.secret or len(lines) == 1) else ""
    if place.loader and place.file:
        where = f" in {place.file}, once {place.loader.text} in {place.loader.file} makes it count"
    return f"{' '.join(lines)}{where}"


def _lines(wish: Wish, place: Place) -> str:
    key = _key(wish, place)
    if place.in_tables:
        return f"{dotted(key[-1:])} = {toml_literal(wish.shown)}"
    above = (*((place.section,) if place.section else ()), *key[:-1])
    return toml_lines(above, key[-1:], _value(wish, place))


def _key(wish: Wish, place: Place) -> Path:
    """The key as the place has it; where lists are tables, with the item and what is below it."""
    return (*place.key, *wish.path[len(stem(wish.path)) :]) if place.in_tables else place.key


def _value(wish: Wish, place: Place) -> Any:
    value = wish.shown
    is_list = isinstance(value, list) or (isinstance(value, Raw) and value.startswith("["))
    if not (place.resets and is_list):
        return value
    text = f"@reset {toml_literal(value)}"
    return Raw(f"'{text}'") if wish.value is None else text


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


def _at_variable(subject: "Subject", wish: Wish, layer: Layer) -> Edit | None:
    """The variable that has the last word, or the deeper one that would have it."""
    there = next((one for one in subject.variables if one.layer is layer), None)
    exact = there is not None and fold(there.path) == fold(wish.path)
    name = layer.name if exact else subject.variable(wish.path)
    return _variable_edit(subject, wish, name, layer.file if exact else None) if name else None


def _variable_edit(subject: "Subject", wish: Wish, name: str, file: str | None = None) -> Edit:
    value = wish.shown
    if isinstance(value, list) and subject.placed(wish.path, secret=wish.secret).resets:
        value = f"@reset {toml_literal(value)}"
    text = variable_text(value, literal=subject.is_text(wish.path))
    return Edit(kind="variable", text=variable_line(name, text), key=name, file=file, value=wish.value)


def _variable(subject: "Subject", path: Path) -> Layer | None:
    """The variable that says what the environment gets there, if one does."""
    leaves = [*subject.tree.below(path)]
    said = [leaf.layer for leaf in leaves if leaf.layer and leaf.layer.kind in {"variable", "dotenv"}]
    return said[-1] if said else None


def _whole(subject: "Subject", wish: Wish) -> Wish:
    """The wish for a list's item as a wish for the list."""
    above = stem(wish.path)
    if above == wish.path:
        return wish
    leaves = tuple(subject.tree.below(above))
    items = _at(Tree(environment="", leaves=leaves).nested(), above)
    is_told = not wish.secret and not any(_hides(subject, leaf.path, leaf.value) for leaf in leaves)
    shown = _with(items if isinstance(items, list) and is_told else [], wish.path[len(above) :], wish.shown)
    value = shown if is_told and wish.value is not None else None
    return Wish(path=above, value=value, sample=toml_literal(shown), secret=wish.secret)


def _at(node: Any, path: Path) -> Any:
    """What stands there, whatever the case of the keys."""
    for part in fold(path):
        table = node if isinstance(node, dict) else {}
        node = next((value for key, value in table.items() if key.casefold() == part), None)
    return node


def _hides(subject: "Subject", path: Path, value: object) -> bool:
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


def removal(text: str, leaf: Leaf | Statement | None) -> Fix:
    """The fix that takes out what a place says: a key of a file, or a variable; of a list's item nothing is known."""
    layer = leaf.layer if leaf else None
    if leaf is None or layer is None or layer.kind == "default":
        return Fix(text=text)
    if layer.kind in {"variable", "dotenv"}:
        name = layer.name or ""
        return Fix(text=text, edit=Edit(kind="unset", text=f"unset {name}", key=name, file=layer.file))
    key = layer.aliases.get(leaf.source, leaf.source)
    if any(isinstance(part, int) for part in key):
        return Fix(text=text)
    where = f"[{layer.section}] of {layer.file}" if layer.section else layer.file
    said = f"# take {dotted(key)} out of {where}"
    return Fix(text=text, edit=Edit(kind="unset", text=said, key=dotted(key), file=layer.file, section=layer.section))
