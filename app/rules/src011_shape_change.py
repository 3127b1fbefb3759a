"""A key is a table in one layer, and a single value or a list in another.

The higher layer wipes out what the lower one says, all of it; nothing is merged.

Wrong:

    [default]
    mail = "off"

    [production.mail]
    sender = "orders@example.com"

Right:

    [default.mail]
    sender = "nobody@example.com"

    [production.mail]
    sender = "orders@example.com"
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted
from app.rules.kit.layering import Setting, place
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Settings that are a table elsewhere; a token may become anything, so nothing is said about it."""
    clashing = _clashing(subject)
    tables = _tables(subject) if clashing else {}
    for folded, said in ((key, subject.settings[key]) for key in subject.settings if key in clashing):
        below = tables[folded]
        flat = [one for one in said if one.kind != "table" and not one.is_token and one.layer.kind != "default"]
        if flat and flat[-1].layer is not below.layer:
            yield _finding(rule, subject, flat[-1], below)


def _clashing(subject: EnvironmentContext) -> AbstractSet[Path]:
    """The settings that are a table in some layer."""
    tables: set[Path] = set()
    for layer, found in subject.of_settings(_tables_in):
        tables |= found if layer.kind != "default" else set()
    return subject.settings.keys() & tables


def _tables_in(settings: Mapping[Path, Sequence[Setting]]) -> frozenset[Path]:
    """The tables of one layer, empty ones included."""
    above = {key[:depth] for key in settings for depth in range(1, len(key))}
    return frozenset(above | {key for key, found in settings.items() if any(one.kind == "table" for one in found)})


def _tables(subject: EnvironmentContext) -> dict[Path, Setting]:
    """For every table the highest setting in it, or the empty table itself."""
    tables: dict[Path, Setting] = {}
    for folded, said in subject.settings.items():
        highest = said[-1]
        if highest.layer.kind == "default":
            continue
        for path in (folded[:depth] for depth in range(1, len(folded))):
            if path not in tables or subject.rank(tables[path].layer) <= subject.rank(highest.layer):
                tables[path] = highest
        for empty in (one for one in said if one.kind == "table"):
            tables[folded] = empty
    return tables


def _finding(rule: Rule, subject: EnvironmentContext, flat: Setting, below: Setting) -> Finding:
    """At the higher of the two places."""
    later, earlier = (flat, below) if subject.rank(flat.layer) > subject.rank(below.layer) else (below, flat)
    key, noun = dotted(flat.path), "a list" if flat.kind == "list" else "a single value"
    kinds = f"{noun} here and a table" if later is flat else f"a table here and {noun}"
    message = f"{key} is {kinds} in {place(earlier.layer)}: the higher layer wipes out the lower one."
    fix = f"Make {key} one thing everywhere, or rename one of the two."
    return rule.finding(subject, flat.path, message, fix, origin=later.origin, related=(earlier.origin,))


RULE = Rule(
    id="SRC011",
    name="shape-change",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A table in one layer is a value in another.",
    source="dynaconf.utils.object_merge",
    page=__doc__,
    check=check,
)
