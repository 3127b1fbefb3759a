"""A key of one environment looks like a misspelling of what its siblings have.

Only one environment has the key, and the others have one in the same table whose name is a slip away: two letters
swapped, one left out, doubled or replaced. At a word's end a letter more or less counts only where the others' key is
missing here, or where the code reads that one and not this. The environment then runs without the value, or with the
one that it inherits. No code is needed to see it; where code is read that reads the key, it is none.

Wrong:

    # settings.toml
    [development.redis]
    prefix = "local"

    [production.redis]
    perfix = "orders"

Right:

    # settings.toml
    [development.redis]
    prefix = "local"

    [production.redis]
    prefix = "orders"
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from app.core import limits
from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold, stem
from app.core.tree import Leaf
from app.core.usage.misspelling import is_slip
from app.core.usage.reads import Usage, look
from app.rules.kit.reading import read_elsewhere
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext

type _Settings = Mapping[Path, Leaf]


def survey(rule: Rule, everything: ProjectContext) -> Iterator[Finding]:
    """Keys of one environment alone that are a slip away from what the others have."""
    settings = {name: _settings(subject) for name, subject in everything.subjects.items()}
    elsewhere = read_elsewhere(everything)
    having = Counter(chain.from_iterable(settings.values()))
    for name, own in settings.items():
        if min(map(having.__getitem__, own), default=2) > 1:
            continue  # what the others have is put together only for an environment that has a key of its own
        others = {path: leaf for other, found in settings.items() if other != name for path, leaf in found.items()}
        siblings = _siblings(others)
        for path, leaf in own.items():
            if path in others or not _is_own(everything, leaf) or look(path) in elsewhere:
                continue
            if everything.usage.verdict(leaf.path) == "read":
                continue
            meant = _meant(path, leaf, own, siblings.get(path[:-1], []), everything)
            if meant is not None and not _is_told_there(everything, name, meant, settings):
                yield _finding(rule, name, leaf, meant)


def _settings(subject: EnvironmentContext) -> _Settings:
    """Every setting by its folded key, a list as its first item."""
    keys, leaves = subject.answers(_key), list(subject.tree.by_path.values())
    found = {keys[id(leaf)]: leaf for leaf in reversed(leaves)}  # the first of a list is the last to be put there
    return dict(reversed(found.items()))


def _key(leaf: Leaf) -> Path:
    return fold(stem(leaf.path))


def _siblings(settings: _Settings) -> Mapping[Path, list[tuple[Path, Leaf]]]:
    found: dict[Path, list[tuple[Path, Leaf]]] = {}
    for path, leaf in settings.items():
        found.setdefault(path[:-1], []).append((path, leaf))
    return found


def _is_own(everything: ProjectContext, leaf: Leaf) -> bool:
    """Whether a profile says it for this environment alone."""
    layer = leaf.layer
    return (
        layer is not None
        and layer.kind == "file"
        and layer.section is not None
        and not everything.is_base(layer.section)
    )


def _meant(
    path: Path, leaf: Leaf, own: _Settings, siblings: list[tuple[Path, Leaf]], everything: ProjectContext
) -> Leaf | None:
    """The key of others that was probably meant: missing here, or only inherited."""
    for other, found in siblings[: limits.WORDS.figure]:
        here = own.get(other)
        if here is not None and _is_own(everything, here):
            continue
        is_likely = _is_alike(leaf, found) and (here is None or _is_read_instead(everything.usage, leaf, found))
        if is_slip(str(path[-1]), str(other[-1]), endings=is_likely):
            return found
    return None


def _is_read_instead(usage: Usage, leaf: Leaf, other: Leaf) -> bool:
    """Whether the code reads the other and not this; what a framework may read itself bears no such name."""
    if usage.reads_of(leaf.path) or not usage.reads_of(other.path):
        return False
    return all((one.file, one.line) == (usage.file, usage.line) for one in usage.unclear_of(leaf.path))


def _is_told_there(everything: ProjectContext, name: str, meant: Leaf, settings: Mapping[str, _Settings]) -> bool:
    """Whether just one other environment has the key: either may be misspelled, and it is told once, in the last."""
    path = fold(stem(meant.path))
    having = [other for other, found in settings.items() if path in found]
    order = sorted((name, *having), key=lambda one: (everything.subjects[one].production, list(settings).index(one)))
    return len(having) == 1 and _is_own(everything, meant) and order[-1] != name


def _is_alike(leaf: Leaf, other: Leaf) -> bool:
    """Whether both are lists, or none is: `host` and `hosts` may both be meant."""
    return (stem(leaf.path) == leaf.path) is (stem(other.path) == other.path)


def _finding(rule: Rule, name: str, leaf: Leaf, meant: Leaf) -> Finding:
    path, other = stem(leaf.path), stem(meant.path)
    message = f"{dotted(path)} is set in {name} alone; it looks like {dotted(other)}, which its siblings have."
    place = meant.origin
    return rule.project_finding(message, f"Name it {dotted(other)}.", origin=leaf.origin, key=path, environment=name,
                                related=(place,) if place else ())  # fmt: skip


RULE = Rule(
    id="USE004",
    name="sibling-misspelled",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A key of one environment looks like a misspelling of what its siblings have.",
    source="Its own siblings",
    page=__doc__,
    survey=survey,
    superseded_by=("TYP003",),
)
