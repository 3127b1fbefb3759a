"""A value that no environment gets: each one that reads it has a higher layer that says something else.

Wrong:

    [default]
    port = 8000

    [development]
    port = 8080

    [production]
    port = 80

Right:

    [development]
    port = 8080

    [production]
    port = 80
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.core.findings import Finding, Severity
from app.core.layers import MARKERS, Layer, Path, fold, stem
from app.core.tree import Leaf
from app.rules.kit.layering import Setting
from app.rules.kit.remerging import effect, removing
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext

_MARKS = tuple(MARKERS)
"""Elements by which a list says that it merges; a tuple, since values need not be hashable."""

type _Place = tuple[str, str, Path]


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Values of files that win nowhere, one finding for each top-level key of a section."""
    if not survey.whole:
        return
    dead: dict[_Place, Setting] = {}
    alive: set[_Place] = set()
    secret = {file.name for file in survey.files if file.secret}
    seen: dict[int, Leaf] = {}
    for subject in survey.subjects.values():
        alive |= {_place(leaf.layer, leaf.source) for leaf in _new(subject, seen) if leaf.layer}
        alive |= _winners(subject, secret)
        for _, stated in subject.of_settings(_in_file):
            dead |= stated
    found = [(place, one) for place, one in dead.items() if place not in alive and _counts(survey, one.layer)]
    for _, of_place in groupby(found, key=lambda item: item[0][:2]):
        settings = [one for _, one in of_place]
        groups = [list(group) for _, group in groupby(settings, key=lambda one: fold(one.path[:1]))]
        harmless = _changes_nothing(survey, settings)  # most are: asked once, not for each
        yield from (_finding(rule, group) for group in groups if harmless or _changes_nothing(survey, group))


def _changes_nothing(survey: ProjectContext, dead: list[Setting]) -> bool:
    """Whether every environment has the same values without these."""
    change = removing(*(one.source for one in dead))
    effects = (effect(subject.tree, dead[0].layer, change) for subject in survey.subjects.values())
    return all(found.keeps_all and not found.new for found in effects if found)


def _finding(rule: Rule, dead: list[Setting]) -> Finding:
    first = dead[0]
    key = first.path if len(dead) == 1 else _common([one.path for one in dead])
    what = "this value" if len(dead) == 1 else f"these {len(dead)} values"
    message = f"No environment gets {what}: every one that reads [{first.layer.section}] has its own."
    fix = f"Take it out of [{first.layer.section}], or take the other out of the environments where this should count."
    return rule.project_finding(message, fix, origin=first.origin, key=key)


def _common(paths: list[Path]) -> Path:
    shortest = min(paths, key=len)
    depth = next((depth for depth, part in enumerate(shortest) if any(path[depth] != part for path in paths)), 0)
    return shortest[: max(depth, 1)]


def _counts(survey: ProjectContext, layer: Layer) -> bool:
    """Whether enough is known: a base section also serves environments that nobody has named."""
    return not survey.is_base(layer.section or "") or survey.registry or len(survey.subjects) > 1


def _place(layer: Layer, source: Path) -> _Place:
    return layer.file or "", layer.section or "", stem(source)


def _new(subject: EnvironmentContext, seen: dict[int, Leaf]) -> list[Leaf]:
    """What the environment has, and those that were seen have not."""
    leaves = subject.tree.by_id
    new = [leaves[one] for one in leaves.keys() - seen.keys()]
    seen.update(leaves)
    return new


def _in_file(settings: Mapping[Path, Sequence[Setting]]) -> Mapping[_Place, Setting]:
    """What a file's section says; a marker says how tables merge, and is no value."""
    stated = (one for key, found in settings.items() if not MARKERS & set(key) for one in found)
    in_file = (one for one in stated if one.layer.kind == "file" and one.layer.section)
    values = (one for one in in_file if not all(value in _MARKS for _, value in one.items))
    return {_place(one.layer, one.source): one for one in values}


def _winners(subject: EnvironmentContext, secret: set[str]) -> set[_Place]:
    """What else counts: in a deployment without this one's variables and secrets, or as what other rules tell of."""
    winners = {_place(leaf.layer, leaf.source) for leaf in subject.supplied if leaf.layer}
    winners |= {_place(loss.said.layer, loss.said.source) for loss in subject.losses}  # SRC020 tells of them
    if any(_is_local(layer, secret) for layer in subject.tree.layers):
        for said in subject.settings.values():
            if any(_is_local(one.layer, secret) for one in said):
                winners |= {_place(one.layer, one.source) for one in said}
    touched = {fold(one.path[:1]) for one in subject.variables}
    found = (one for _, of in subject.of_settings(_in_file) for one in of.items()) if touched else ()
    return winners | {place for place, one in found if fold(one.path[:1]) in touched}


def _is_local(layer: Layer, secret: set[str]) -> bool:
    return layer.file in secret or ".local." in (layer.file or "")


RULE = Rule(
    id="SRC017",
    name="dead-value",
    severity=Severity.INFO,
    applies_to="always",
    summary="A value that no environment gets.",
    source="the layers themselves",
    page=__doc__,
    survey=survey,
)
