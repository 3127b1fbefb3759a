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

from collections.abc import Iterable, Iterator
from itertools import groupby

from app.findings import Finding, Severity
from app.layers import Layer, Path, fold
from app.rules.layering import Setting, stem
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.rules.survey import Survey

type _Place = tuple[str, str, Path]


def survey(rule: Rule, survey: Survey) -> Iterator[Finding]:
    """Values of files that win nowhere, one finding for each top-level key of a section."""
    dead: dict[_Place, Setting] = {}
    alive: set[_Place] = set()
    secret = {file.name for file in survey.files if file.secret}
    for subject in survey.subjects.values():
        alive |= _winners(subject, secret)
        dead |= {_place(one.layer, one.source): one for one in _in_files(subject)}
    found = [(place, one) for place, one in dead.items() if place not in alive and _counts(survey, one.layer)]
    for _, group in groupby(found, key=lambda item: (item[0][:2], fold(item[1].path[:1]))):
        yield _finding(rule, [one for _, one in group])


def _finding(rule: Rule, dead: list[Setting]) -> Finding:
    first = dead[0]
    key = first.path if len(dead) == 1 else _common([one.path for one in dead])
    what = "this value" if len(dead) == 1 else f"these {len(dead)} values"
    message = f"No environment gets {what}: every one that reads [{first.layer.section}] has its own."
    fix = f"Take it out of [{first.layer.section}], or take the other out of the environments where this should count."
    return rule.remark(message, fix, origin=first.origin, key=key)


def _common(paths: list[Path]) -> Path:
    shortest = min(paths, key=len)
    depth = next((depth for depth, part in enumerate(shortest) if any(path[depth] != part for path in paths)), 0)
    return shortest[: max(depth, 1)]


def _counts(survey: Survey, layer: Layer) -> bool:
    """Whether enough is known: a base section also serves environments that nobody has named."""
    return not survey.is_base(layer.section or "") or survey.registry or len(survey.subjects) > 1


def _place(layer: Layer, source: Path) -> _Place:
    return layer.file or "", layer.section or "", stem(source)


def _in_files(subject: Subject) -> Iterable[Setting]:
    return (one for said in subject.settings.values() for one in said if one.layer.kind == "file" and one.layer.section)


def _winners(subject: Subject, secret: set[str]) -> set[_Place]:
    """What counts in one environment, or would count in a deployment without this one's variables and secrets."""
    winners = {_place(leaf.layer, leaf.source) for leaf in (*subject.tree.leaves, *subject.supplied) if leaf.layer}
    for said in subject.settings.values():
        if any(_is_local(one.layer, secret) for one in said):
            winners |= {_place(one.layer, one.source) for one in said}
    touched = {fold(one.path[:1]) for one in subject.variables}
    return winners | {_place(one.layer, one.source) for one in _in_files(subject) if fold(one.path[:1]) in touched}


def _is_local(layer: Layer, secret: set[str]) -> bool:
    return layer.file in secret or ".local." in (layer.file or "")


RULE = Rule(
    id="SRC017",
    name="dead-value",
    severity=Severity.INFO,
    speaks="always",
    summary="A value that no environment gets.",
    source="the layers themselves",
    page=__doc__,
    survey=survey,
)
