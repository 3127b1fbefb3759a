"""A plan as text: the verdict, then what changes, once each; then findings, and edits without effect."""

from collections.abc import Iterator

import click

from app.cli.session import pass_over
from app.cli.text.report import problem
from app.cli.text.values import authorship, literal, place
from app.reports import wire
from app.reports.plan import ChangePlan, IdleEdit, PlannedEnvironment
from app.reports.present.planned import (
    FoldedChange,
    fixed_causes,
    folded_changes,
    listed,
    new_causes,
    revision,
    staying,
    supplied,
    verdict,
)
from app.reports.present.wording import clamped

_MARKS = {"changed": ("~", "yellow"), "added": ("+", "green"), "removed": ("-", "red")}
_STATUSES = {"added": ("+", "green", "a new environment"), "removed": ("-", "red", "is gone")}


def plan(document: ChangePlan, width: int, room: int | None) -> str:
    """The whole plan.

    Args:
        document: what to show.
        width: the columns of sentences.
        room: the columns to which values are cut; None for whole ones.
    """
    whole = len(document.environments)
    blocks = [click.style(_head(document), bold=True)]
    blocks.append("\n".join(_about(document)))
    blocks += ["\n".join(_change(one, whole, room)) for one in folded_changes(document)]
    blocks += [problem(cause, lambda _file, _line: None, width) for cause in new_causes(document)]
    blocks.append("\n".join(_fixed(document)))
    blocks.append("\n".join(line for one in document.environments for line in _deferred(one)))
    blocks.append("\n".join(map(_idle, document.without_effect)))
    return "\n\n".join(block for block in blocks if block)


def _head(document: ChangePlan) -> str:
    return f"{pass_over(revision(document.base))} → {pass_over(revision(document.head))}: {verdict(document)}"


def _about(document: ChangePlan) -> Iterator[str]:
    """The environments that appear, vanish, or are not judged."""
    for one in document.environments:
        if one.status in _STATUSES:
            mark, colour, said = _STATUSES[one.status]
            yield f"{click.style(mark, fg=colour)} {click.style(pass_over(one.name), bold=True)}: {said}"
        if isinstance(one.reason, str):
            yield f"? {click.style(pass_over(one.name), bold=True)} is not judged: {pass_over(one.reason)}"


def _change(one: FoldedChange, whole: int, room: int | None) -> Iterator[str]:
    change = one.change
    mark, colour = _MARKS[change.kind]
    key, names = click.style(pass_over(change.key), bold=True), pass_over(listed(one.environments, whole))
    yield f"{click.style(mark, fg=colour)} {key}  {click.style(f'in {names}', dim=True)}"
    if change.left and change.right and change.left.secret and change.right.secret:
        yield f"    another secret  {_where(change.right)}"
        return
    for side, sign in ((change.left, "-"), (change.right, "+")):
        if side:
            where = _where(side)
            shown = literal(side.value, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved)
            cut = clamped(shown, None if room is None else max(16, room - len(where) - 8))
            yield f"    {sign} {cut}  {click.style(where, dim=True)}"


def _where(side: wire.Side) -> str:
    said = authorship(side.origin)
    return f"{place(side.origin)}  {said}" if said else place(side.origin)


def _fixed(document: ChangePlan) -> Iterator[str]:
    for cause in fixed_causes(document):
        finding = cause.finding
        key = f" {pass_over(finding.key)}" if finding.key else ""
        names = f" in {pass_over(', '.join(cause.environments))}" if cause.environments else ""
        yield f"{click.style('fixed', fg='green')} {finding.rule} {finding.name}{key}{names}"
    if count := staying(document):
        yield f"{count} {'finding stays' if count == 1 else 'findings stay'}"


def _deferred(one: PlannedEnvironment) -> Iterator[str]:
    for label, leaves in (("deferred now", one.deferred.new), ("deferred no more", one.deferred.gone)):
        for leaf in leaves:
            yield f"{label}: {pass_over(leaf.key)} in {pass_over(one.name)}: {supplied(leaf, pass_over)}"


def _idle(edit: IdleEdit) -> str:
    at = f"{pass_over(edit.file)}:{edit.line}" if edit.line else pass_over(edit.file)
    section = f" [{pass_over(edit.section)}]" if edit.section else ""
    taken = f": {place(edit.shadowed_by)} has the last word" if edit.shadowed_by else ""
    return f"without effect: {pass_over(edit.key)} {edit.kind} at {at}{section}{taken}"
