"""A higher layer replaced a table, and the keys that only a lower one says are gone.

Dynaconf merges tables where something asks for it: `merge_enabled`, or `dynaconf_merge = true` in the higher table.
Where nothing does, a section that says one key of a table takes all the others with it, and the application starts
without them, or fails when it looks for one.

It is an error where the model requires a key that was lost, and where it is a part of the connection to the database.
Silent where the loss is said in so many words: `@del`, `@reset`, `dynaconf_merge = false`.

Wrong:

    [default.queue]
    broker = "localhost"
    retries = 3

    [production.queue]
    broker = "queue.example.com"

Right:

    [default.queue]
    broker = "localhost"
    retries = 3

    [production.queue]
    dynaconf_merge = true
    broker = "queue.example.com"
"""

from collections.abc import Iterator

from msgspec.structs import replace

from app.core import limits
from app.core.findings import Edit, Finding, Fix, Severity
from app.core.layers import MARKER, MARKERS, Layer, Path, dotted
from app.core.losses import Loss, key_of, losses
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.comparing import listed
from app.rules.kit.connection_names import split
from app.rules.kit.connections import connections
from app.rules.kit.layering import place
from app.rules.kit.remerging import Change, Effect, effect, elsewhere, setting
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.toml_text import toml_lines, variable_line

_MOST = 8
_PARTS = frozenset({"host", "port", "username", "password", "name"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """One finding for each table that a layer replaced."""
    groups: dict[tuple[int, Path], list[Loss]] = {}
    for loss in subject.losses:
        groups.setdefault((id(loss.taker), key_of(loss.table)), []).append(loss)
    for number, lost in enumerate(groups.values()):
        first, fix = lost[0], _fix if number < limits.TRIED.figure else _words
        severity = Severity.ERROR if _is_needed(subject, lost) else Severity.WARNING
        related = tuple(dict.fromkeys(loss.said.origin for loss in lost))
        yield rule.finding(subject, first.table, _message(lost), fix(subject, lost), origin=first.origin,
                           severity=severity, related=related)  # fmt: skip


def _message(lost: list[Loss]) -> str:
    keys, table = _names(lost), dotted(lost[0].table)
    are = "is" if len(lost) == 1 else "are"
    lower = listed(dict.fromkeys(place(loss.said.layer) for loss in lost))
    return f"{keys} {are} lost: {place(lost[0].taker)} replaces the table {table} of {lower}, nothing is merged."


def _names(lost: list[Loss]) -> str:
    names = list(dict.fromkeys(dotted(loss.path) for loss in lost))
    more = len(names) - _MOST
    return listed([*names[:_MOST], f"{more} more"] if more > 0 else names)


def _is_needed(subject: EnvironmentContext, lost: list[Loss]) -> bool:
    """Whether a lost key is required by the model, or part of the connection to a database."""
    missing = {key_of(problem.path) for problem in subject.problems if problem.kind == "missing"}
    if any(key_of(loss.path) in missing for loss in lost):
        return True
    gone = [loss for loss in lost if not any(True for _ in subject.tree.below(loss.path))]
    restored = [Leaf(path=one.said.path, value=one.said.value, layer=one.said.layer, source=one.said.source)
                for one in gone if _may_connect(subject, one)]  # fmt: skip
    whole = replace(subject, tree=replace(subject.tree, leaves=(*subject.tree.leaves, *restored)))
    back = {id(leaf) for leaf in restored}
    return any(
        part in _PARTS and id(said.leaf) in back
        for connection in (connections(whole) if restored else ())
        if connection.service.database
        for part, said in connection.said.items()
    )


def _may_connect(subject: EnvironmentContext, loss: Loss) -> bool:
    """Whether a key can be a part of a connection at all."""
    path = loss.said.path
    named = split(path) is not None or subject.declared(path) is not None
    return named or subject.role(path, loss.said.value) is Role.DSN


def _words(_: EnvironmentContext, lost: list[Loss]) -> Fix:
    """What would do, without trying it."""
    if lost[0].taker.kind != "file":
        return Fix(text=f"Set the keys one by one with variables of their own, or repeat {_names(lost)} in it.")
    header = _header(lost[0].taker, lost[0].source)
    return Fix(text=f"Write {MARKER} = true in {header}, or repeat {_names(lost)} there.")


def _fix(subject: EnvironmentContext, lost: list[Loss]) -> Fix:
    taker, source = lost[0].taker, lost[0].source
    if taker.kind != "file":
        return _of_variable(subject, lost)
    marker = (*source, MARKER)
    found = effect(subject.tree, taker, setting(marker, True), source)  # noqa: FBT003 - the value that is written
    repeat = f"repeat {_names(lost)} in {_header(taker, source)}"
    if found and _restores(found, lost) and _spares(subject, taker, setting(marker, True), source):  # noqa: FBT003
        table = _table(taker, source)
        edit = Edit(kind="set", text=toml_lines(table, (MARKER,), True), key=dotted(marker), file=taker.file,  # noqa: FBT003
                    section=taker.section, value=True)  # fmt: skip
        return Fix(text=f"Write {MARKER} = true in {_header(taker, source)}, or {repeat}.", edit=edit)
    others = _later(found, lost) if found else []
    if others:
        places = listed([_header(taker, source), *(_header(loss.taker, loss.source) for loss in others)])
        return Fix(text=f"Write {MARKER} = true in {places}, or repeat {_names(lost)} in the last of them.")
    return Fix(text=f"{repeat[:1].upper()}{repeat[1:]}.", edit=_repeated(subject, lost))


def _restores(found: Effect, lost: list[Loss]) -> bool:
    """Whether the keys are back with their values, and nothing else is another."""
    keys = {key_of(loss.path) for loss in lost}
    back = {key_of(path) for path in found.new}
    values = {leaf.path: leaf.value for leaf in found.after.leaves}
    same = all(repr(values.get(loss.said.path)) == repr(loss.said.value) for loss in lost)
    return found.keeps_all and back == keys and same


def _spares(subject: EnvironmentContext, taker: Layer, change: Change, key: Path) -> bool:
    """Whether no other environment loses a value by it, or gets the marker for one."""
    return all(
        found.keeps_all and not any(MARKERS & {*path} for path in found.new)
        for found in elsewhere(subject, taker, change, key)
    )


def _later(found: Effect, lost: list[Loss]) -> list[Loss]:
    """Who would take the keys next, were they not taken here."""
    keys = {key_of(loss.path) for loss in lost}
    again = {id(loss.taker): loss for loss in losses(found.after) if key_of(loss.path) in keys}
    return list(again.values())


def _repeated(subject: EnvironmentContext, lost: list[Loss]) -> Edit | None:
    """The one key that was lost, as it was; a secret is nobody's business here."""
    said, taker = lost[0].said, lost[0].taker
    path = (*lost[0].source, *lost[0].path[len(lost[0].table) :])
    if len(lost) > 1 or said.path != lost[0].path or subject.is_secret(said.path):
        return None
    found = effect(subject.tree, taker, setting(path, said.value), path)
    if not found or not _restores(found, lost) or not _spares(subject, taker, setting(path, said.value), path):
        return None
    text = toml_lines(_table(taker, path[:-1]), path[-1:], said.value)
    return Edit(kind="set", text=text, key=dotted(path), file=taker.file, section=taker.section, value=said.value)


def _of_variable(subject: EnvironmentContext, lost: list[Loss]) -> Fix:
    """A variable's text that begins with `@merge` merges; where that gives the keys, it is the way."""
    taker = lost[0].taker
    ((name, text),) = taker.values.items()
    merging = f"@merge {text}"
    found = effect(subject.tree, taker, setting((name,), merging))
    repeat = f"repeat {_names(lost)} in it"
    if not found or not _restores(found, lost):
        return Fix(text=f"Set the keys one by one with variables of their own, or {repeat}.")
    is_secret = _holds_secret(subject, taker, found)
    line = variable_line(taker.name or "", "@merge …" if is_secret else merging)
    edit = Edit(kind="variable", text=line, key=taker.name or "", value=None if is_secret else merging)
    return Fix(text=f"Write {line}, or {repeat}.", edit=edit)


def _holds_secret(subject: EnvironmentContext, taker: Layer, found: Effect) -> bool:
    """Whether anything that a variable says is a secret, wherever in its text."""
    said = [one.path for one in subject.tree.statements if one.layer is taker]
    given = [leaf.path for leaf in found.after.leaves if leaf.layer and leaf.layer.name == taker.name]
    return any(subject.is_secret(path) or subject.role(path, "") is Role.DSN for path in (*said, *given))


def _table(taker: Layer, source: Path) -> Path:
    return (taker.section, *source) if taker.section is not None else source


def _header(taker: Layer, source: Path) -> str:
    return f"[{dotted(_table(taker, source))}] of {taker.file}" if taker.kind == "file" else taker.name or ""


RULE = Rule(
    id="SRC020",
    name="keys-lost",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A higher layer replaced a table, and keys of it are gone.",
    source="dynaconf.base.Settings.set",
    page=__doc__,
    check=check,
)
