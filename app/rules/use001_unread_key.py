"""A key that no code reads.

What nobody reads changes nothing, whatever it says: it is left over, or its name is not the one that the code has.
The application's Python code is read for this, and never run. A key counts as read where its table is handed on as a
whole, where its name is computed, where another value refers to it, and where a validator demands it; where the code
hands all settings on, nothing is told at all, and neither is it in Flask and Django, whose extensions read settings
themselves. A key that only tests read is told as such. A table of which no key is read is told once.

Wrong:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=True, settings_files=["settings.toml"])

    # mail.py
    from config import settings

    print(settings.mail.sender)

    # settings.toml
    [default.mail]
    sender = "Shop"
    retries = 5

Right:

    # config.py
    from dynaconf import Dynaconf

    settings = Dynaconf(environments=True, settings_files=["settings.toml"])

    # mail.py
    from config import settings

    print(settings.mail.sender, settings.mail.retries)

    # settings.toml
    [default.mail]
    sender = "Shop"
    retries = 5
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold, is_include, stem
from app.core.tree import Leaf
from app.core.usage.reads import look
from app.rules.kit.reading import demanded, listed, read_elsewhere
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_FIX = "Take it out, or mend the name in the code."
_TESTED = "Take it out, or let the tests do without it."


def survey(rule: Rule, everything: ProjectContext) -> Iterator[Finding]:
    """What is set and not read, whole tables in one finding."""
    if not everything.usage.is_seen:
        return
    leaves = _leaves(everything)
    told = _untold(everything, leaves)
    tables: dict[Path, list[Leaf]] = {}
    for path, leaf in told.items():
        tables.setdefault(_top(path, leaves, told), []).append(leaf)
    for top, found in tables.items():
        yield _finding(rule, everything, top, found)


def _leaves(everything: ProjectContext) -> Mapping[Path, Leaf]:
    """Every setting of a profile by its folded key, a list as its first item."""
    found: dict[Path, Leaf] = {}
    for tree in everything.trees.values():
        for leaf in tree.leaves:
            if leaf.layer is not None and leaf.layer.kind == "file" and not is_include(leaf.path):
                found.setdefault(fold(stem(leaf.path)), leaf)
    return found


def _untold(everything: ProjectContext, leaves: Mapping[Path, Leaf]) -> dict[Path, Leaf]:
    """Those that no code reads, tests apart, and that no other rule tells."""
    usage, others = everything.usage, read_elsewhere(everything) | demanded(everything)
    referred = {look(path) for tree in everything.trees.values() for leaf in tree.leaves for path in leaf.refers}
    return {
        path: leaf
        for path, leaf in leaves.items()
        if all(read.test for read in usage.reads_of(leaf.path))
        and not usage.unclear_of(leaf.path)
        and not any(look(path)[:depth] in {*others, *referred} for depth in range(1, len(path) + 1))
        and str(path[0]).upper() not in everything.reserved
    }


def _top(path: Path, leaves: Mapping[Path, Leaf], told: Mapping[Path, Leaf]) -> Path:
    """The outermost table of which no key is read, else the key itself."""
    for depth in range(1, len(path)):
        if all(other in told for other in leaves if other[:depth] == path[:depth]):
            return path[:depth]
    return path


def _finding(rule: Rule, everything: ProjectContext, top: Path, leaves: list[Leaf]) -> Finding:
    path = stem(leaves[0].path)
    tested = [read for leaf in leaves for read in everything.usage.reads_of(leaf.path)]
    what = dotted(path) if len(leaves) == 1 else f"{dotted(path[: len(top)])}, a table of {len(leaves)} keys,"
    message = f"{what} is set, and only tests read it: {listed(tested)}." if tested else f"{what} is read by no code."
    key = path if len(leaves) == 1 else path[: len(top)]
    return rule.project_finding(message, _TESTED if tested else _FIX, origin=leaves[0].origin, key=key,
                                related=tuple(dict.fromkeys(read.origin for read in tested))[:3])  # fmt: skip


RULE = Rule(
    id="USE001",
    name="unread-key",
    severity=Severity.INFO,
    applies_to="always",
    summary="A key that no code reads.",
    source="The application's code",
    page=__doc__,
    survey=survey,
    superseded_by=("USE004",),
)
