"""A merge marker was not taken as one and is now part of the value, or elements stand in a list twice.

Dynaconf acts on `@merge`, `@del`, `@empty` and `dynaconf_merge` only where there is something to merge with;
elsewhere the application gets the marker itself; a warning where it is a switch beside keys that are as they were
meant. Under `merge_enabled` a marker merges a second time, which doubles the list.

Wrong: no lower layer has a table `cache`.

    [production.cache]
    ttl = "@del"
    dynaconf_merge = true

Right:

    [production.cache]
    size = 100
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from app.core.findings import Finding, Severity
from app.core.layers import MARKERS, Path, dotted, fold, stem
from app.core.tree import Leaf, Statement
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.src012_list_concatenated import lists

_CASTS = frozenset({"@capitalize", "@casefold", "@lower", "@lstrip", "@rstrip", "@split", "@str", "@strip", "@swapcase",
                    "@title", "@upper"})  # fmt: skip
_MARKER = r"@(merge|merge_unique|del|reset|insert|empty)(\s|$)"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Markers in the result, then doubled elements; one finding for a setting."""
    told: set[Path] = set()
    for leaf, marker in subject.found(_marker):
        if (key := fold(stem(leaf.path))) not in told:
            told.add(key)
            message = f"The application gets the marker {marker} as part of the value: it applied to nothing."
            origin = next((one.origin for one in subject.settings.get(key, ()) if one.layer is leaf.layer), leaf.origin)
            severity = Severity.WARNING if isinstance(leaf.value, bool) else None  # the rest of the table is as meant
            yield rule.finding(subject, leaf.path, message, f"Take {marker} out.", origin=origin, severity=severity)
    yield from _bare_tokens(rule, subject)
    for key, leaves in lists(subject).items():
        if key not in told and (twice := _doubled(leaves)):
            path = stem(twice.path)
            message = f"Elements stand twice in {dotted(path)}: they were merged twice."
            fix = "Take the marker out where merge_enabled merges already."
            yield rule.finding(subject, path, message, fix, leaf=twice)


def _bare_tokens(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Texts that happen to be a token: Dynaconf applies it to nothing, and nothing is left."""
    bare = frozenset[Path]().union(*(found for _, found in subject.of_layers(_bare_tokens_in)))
    for key in (key for key in subject.settings if key in bare) if bare else ():
        last = subject.settings[key][-1]
        if last.is_token and last.items[0][1] in _CASTS:
            text = last.items[0][1]
            message = f"{dotted(last.path)} is the token {text} without a value: the application gets an empty one."
            fix = f'If the text is meant: {dotted(last.path[-1:])} = "@str {text}".'
            yield rule.finding(subject, last.path, message, fix, origin=last.origin, severity=Severity.WARNING)


def _bare_tokens_in(said: Sequence[Statement]) -> frozenset[Path]:
    """The keys under which one layer has such a text."""
    return frozenset(fold(one.path) for one in said if isinstance(one.value, str) and one.value in _CASTS)


def _marker(leaf: Leaf) -> str | None:
    """The marker that the leaf is, or whose value it is."""
    if leaf.state != "plain":
        return None
    if flag := next((str(part) for part in leaf.path if str(part).lower() in MARKERS), None):
        return flag
    if not isinstance(leaf.value, str):
        return None
    if leaf.value in MARKERS and isinstance(leaf.path[-1], int):
        return leaf.value
    found = re.match(_MARKER, leaf.value)
    return f"@{found[1]}" if found else None


def _doubled(leaves: list[Leaf]) -> Leaf | None:
    """The first leaf of a list that two positions hold, of those that were written one by one."""
    if len({(id(leaf.layer), leaf.source) for leaf in leaves}) == len(leaves):
        return None
    single = [leaf for leaf in leaves if any(isinstance(part, int) for part in leaf.source)]
    counts = Counter((id(leaf.layer), leaf.source) for leaf in single)
    return next((leaf for leaf in single if counts[id(leaf.layer), leaf.source] > 1), None)


RULE = Rule(
    id="SRC013",
    name="marker-left",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A merge marker is part of the value, or elements stand twice.",
    source="dynaconf.utils.parse_conf.MetaValue",
    page=__doc__,
    check=check,
)
