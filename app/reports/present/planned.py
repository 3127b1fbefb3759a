"""A plan as people read it: one change in several environments is one entry."""

from collections.abc import Callable, Sequence

from msgspec import UNSET, Struct

from app.reports import wire
from app.reports.plan import ChangePlan, PlannedRevision
from app.reports.present.causes import Cause, fold
from app.reports.present.place import place
from app.reports.present.wording import counted

_SHORT = 10


class FoldedChange(Struct, frozen=True, kw_only=True):
    """One change, and the environments that it is in."""

    change: wire.LeafChange
    environments: tuple[str, ...]


def folded_changes(plan: ChangePlan) -> list[FoldedChange]:
    """Every change of a leaf once: those that most environments have first, then by their keys' order.

    What an environment lost that cannot be judged is nobody's change.
    """
    found: list[tuple[wire.LeafChange, list[str]]] = []
    places: dict[tuple[str, str, bytes], int] = {}
    marks: dict[int, tuple[str, str, bytes]] = {}  # environments share what they have in common
    for one in (one for one in plan.environments if one.judged):
        for change in one.changes:
            if id(change) not in marks:
                marks[id(change)] = _mark(change)
            mark = marks[id(change)]
            if mark not in places:
                places[mark] = len(found)
                found.append((change, []))
            found[places[mark]][1].append(one.name)
    found.sort(key=lambda item: -len(item[1]))
    return [FoldedChange(change=change, environments=tuple(names)) for change, names in found]


def _mark(change: wire.LeafChange) -> tuple[str, str, bytes]:
    return change.kind, change.key, wire.encode({"left": change.left, "right": change.right})


def new_causes(plan: ChangePlan) -> list[Cause]:
    """What is found now and was not before, each cause once, the worst first."""
    return fold([*plan.findings.new, *(finding for one in plan.environments for finding in one.findings.new)])


def fixed_causes(plan: ChangePlan) -> list[Cause]:
    """What was found before and is not any more."""
    return fold([*plan.findings.fixed, *(finding for one in plan.environments for finding in one.findings.fixed)])


def supplied(leaf: wire.DeferredLeaf, clean: Callable[[str], str]) -> str:
    """Where the deployment names the source of a value; else why it is deferred."""
    return clean(leaf.message) if leaf.supplied is UNSET else place(leaf.supplied, clean, "")


def staying(plan: ChangePlan) -> int:
    """How many findings are as they were."""
    return plan.findings.staying + sum(one.findings.staying for one in plan.environments)


def revision(one: PlannedRevision) -> str:
    """A side's name, with its commit where that says more."""
    if one.commit is None or one.commit.startswith(one.rev):
        return one.rev
    return f"{one.rev} ({one.commit[:_SHORT]})"


def verdict(plan: ChangePlan) -> str:
    """What the change comes to: `4 values change in 3 of 7 environments; 1 new error, 2 fixed`."""
    changed = [len(one.changes) for one in plan.environments if one.judged and one.changes]
    whole = counted(len(plan.environments), "environment")
    if changed:
        values = sum(changed)
        what = f"{counted(values, 'value')} change{'s' if values == 1 else ''} in {len(changed)} of {whole}"
    else:
        is_touched = any(one.status != "unchanged" for one in plan.environments)
        what = f"{'no value' if is_touched else 'nothing'} changes in {whole}"
    return f"{what}; {_found(plan)}"


def _found(plan: ChangePlan) -> str:
    counts = plan.counts
    kinds = (("new error", counts.error), ("new warning", counts.warning), ("new remark", counts.info))
    found = [counted(count, noun) for noun, count in kinds if count]
    fixed = len(plan.findings.fixed) + sum(len(one.findings.fixed) for one in plan.environments)
    return ", ".join([*found, *([f"{fixed} fixed"] if fixed else [])]) or "no new finding"


def listed(names: Sequence[str], whole: int) -> str:
    """The environments of a change, or that it is in all of them."""
    return "every environment" if len(names) == whole > 1 else ", ".join(names)
