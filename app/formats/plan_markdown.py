"""A plan as a comment on a pull request: the verdict first, a table an environment, details folded.

Whatever others have written (keys, values, names, messages) stands as text in a `<code>` element of an HTML table, of
which no Markdown is read: backticks, links and headings are letters there, and GitHub and GitLab look for names
(`@team`), references (`#12`) and addresses in no such element. Source: CommonMark 0.31, 4.6 "HTML blocks" (kind 6,
which a blank line ends).
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from urllib.parse import quote

from msgspec import Struct

from app.core.legible import legible
from app.reports import wire
from app.reports.plan import ChangePlan, IdleEdit, PlannedEnvironment
from app.reports.present.causes import Cause
from app.reports.present.place import authorship, place
from app.reports.present.planned import (
    FoldedChange,
    fixed_causes,
    folded_changes,
    new_causes,
    revision,
    staying,
    supplied,
    verdict,
)
from app.reports.present.wording import literal, quoted

MARKER = "<!-- assay plan -->"
"""The first line of a comment, by which a bot finds the one that it is to replace."""

LIMIT = 65_000
"""Characters; GitHub takes 65,536."""

_ENTITIES = str.maketrans({letter: f"&#{ord(letter)};" for letter in "&<>\"'@`*_[]()#|~:\\!"})
_CHANGES = ("key", "before", "after", "where")
_FOUND = ("rule", "environments", "what", "where")
_EDITS = ("key", "edit", "where", "last word")
_SHORT = 20
"""Tables of no more rows are not folded."""
_CELL = 300
"""The letters of a value that are shown."""
_REST = 400
"""Characters that are kept for what ends the comment."""


class _Table(Struct, frozen=True, kw_only=True):
    """One folded table.

    Attributes:
        title: its summary.
        head: the names of its columns.
        rows: made one by one: of thousands, a comment has room for some.
        count: how many rows there are.
        noun: what they are.
        unfolded: whether it is open at first.
    """

    title: str
    head: Sequence[str]
    rows: Iterator[str]
    count: int
    noun: str
    unfolded: bool = False


def markdown(plan: ChangePlan) -> bytes:
    """The comment; what has no room in it is counted at its end."""
    text = "\n".join([_marker(plan), f"### Settings: {verdict(plan)}", "", _sides(plan), ""])
    left: dict[str, int] = {}
    for table in _tables(plan):
        shown, told = _fitted(table, LIMIT - _REST - len(text))
        text += told
        if rest := table.count - shown:
            left[table.noun] = left.get(table.noun, 0) + rest
    if left:
        counted = ", ".join(f"{count} {noun}" for noun, count in left.items())
        text += f"\nNot shown, since a comment holds no more: {counted}. `assay plan` lists them all.\n"
    return text.encode("utf-8", "backslashreplace")


def _marker(plan: ChangePlan) -> str:
    """The marker of the project's own comment: of a repository's projects each has one."""
    if plan.folder == ".":
        return MARKER
    return MARKER.replace(" -->", f" {quote(plan.folder, errors='surrogateescape')} -->")


def _sides(plan: ChangePlan) -> str:
    folder = "" if plan.folder == "." else f"{_code(plan.folder)}: "
    return f"<p>{folder}{_code(revision(plan.base))} → {_code(revision(plan.head))}</p>"


def _fitted(table: _Table, room: int) -> tuple[int, str]:
    """As many rows as there is room for, and how many these are."""
    begin = f"\n<details{' open' if table.unfolded else ''}><summary>{table.title}</summary>\n<table>\n"
    begin += f"<tr>{''.join(f'<th>{name}</th>' for name in table.head)}</tr>\n" if table.head else ""
    end = "</table>\n</details>\n"
    taken: list[str] = []
    length = len(begin) + len(end)
    for row in table.rows:
        length += len(row) + 1
        if length > room:
            break
        taken.append(f"{row}\n")
    return len(taken), begin + "".join(taken) + end if taken else ""


def _tables(plan: ChangePlan) -> Iterator[_Table]:
    """What is new first, then what changes everywhere, then each environment, then the rest."""
    yield _findings("New findings", new_causes(plan), unfolded=True)
    shared = _shared(plan)
    count, rows = len(shared), map(_change, (one.change for one in shared))
    title = f"<b>every environment</b>: {count} changed"
    yield _Table(title=title, head=_CHANGES, rows=rows, count=count, noun="values", unfolded=count <= _SHORT)
    told = {one.change.key for one in shared}
    yield from (_environment(one, told) for one in plan.environments)
    yield _findings(f"Fixed findings ({staying(plan)} stay)", fixed_causes(plan))
    count = len(plan.without_effect)
    title, edits = f"Edits without effect: {count}", map(_edit, plan.without_effect)
    yield _Table(title=title, head=_EDITS, rows=edits, count=count, noun="edits without effect")


def _shared(plan: ChangePlan) -> list[FoldedChange]:
    """The changes that every environment has alike."""
    whole = len(plan.environments)
    return [one for one in folded_changes(plan) if len(one.environments) == whole > 1]


def _environment(one: PlannedEnvironment, told: Container[str]) -> _Table:
    own = [change for change in one.changes if change.key not in told] if one.judged else []
    rows = [_row("not judged", "", "", _code(one.reason))] if isinstance(one.reason, str) else []
    deferred = [_row(_code(leaf.key), "", "deferred", _code(supplied(leaf, str))) for leaf in one.deferred.new]
    deferred += [_row(_code(leaf.key), "deferred", "", _code(supplied(leaf, str))) for leaf in one.deferred.gone]
    count = len(rows) + len(own) + len(deferred)
    traits = ["a new environment"] if one.status == "added" else ["is gone"] if one.status == "removed" else []
    traits += ["production-like"] if one.production else []
    title = ", ".join([f"{_code(one.name)}: {len(own)} changed", *traits])
    is_short = one.production and count <= _SHORT
    every = chain(rows, map(_change, own), deferred)
    return _Table(title=title, head=_CHANGES, rows=every, count=count, noun="values", unfolded=is_short)


def _change(change: wire.LeafChange) -> str:
    left, right = change.left, change.right
    if left and right and left.secret and right.secret:
        return _row(_code(change.key), "a secret", "another secret", _where(right))
    return _row(_code(change.key), _value(left), _value(right), _where(right or left))


def _value(side: wire.Side | None) -> str:
    if side is None:
        return "—"
    if side.secret and side.value is None:
        return "a secret"
    shown = literal(side.value, quoted, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved)
    return _code(shown if len(shown) <= _CELL else f"{shown[:_CELL]}…")


def _where(side: wire.Side | None) -> str:
    if side is None or side.origin is None:
        return ""
    where = _code(place(side.origin, legible, ""))
    return f"{where}<br>{_code(said)}" if (said := authorship(side.origin)) else where


def _findings(title: str, causes: Sequence[Cause], *, unfolded: bool = False) -> _Table:
    count, rows = len(causes), map(_finding, causes)
    return _Table(title=f"{title}: {count}", head=_FOUND, rows=rows, count=count, noun="findings", unfolded=unfolded)


def _finding(cause: Cause) -> str:
    finding = cause.finding
    rule = f"{finding.severity} {_code(f'{finding.rule} {finding.name}')}"
    where = _code(place(finding.origin, legible, "not set"))
    return _row(rule, _codes(cause.environments), _code(finding.message), where)


def _edit(edit: IdleEdit) -> str:
    return _row(_code(edit.key), edit.kind, _at(edit), _shadow(edit))


def _at(edit: IdleEdit) -> str:
    section = f" [{edit.section}]" if edit.section else ""
    return _code(f"{edit.file}:{edit.line}{section}" if edit.line else f"{edit.file}{section}")


def _shadow(edit: IdleEdit) -> str:
    return _code(place(edit.shadowed_by, legible, "")) if edit.shadowed_by else ""


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))


def _code(text: str) -> str:
    """What others have written, as letters: on one line, so that no blank line ends the table."""
    return f"<code>{legible(text).translate(_ENTITIES)}</code>"
