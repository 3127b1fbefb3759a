"""It is left to chance which of two files counts, or one file is read twice.

Dynaconf loads what a glob matches in the order in which the file system lists it, which differs from machine to
machine. A file that two entries name is loaded twice; where lists are appended, its lists grow.

Wrong: `settings_files = ["settings/*.toml"]`, and two of those files say different things about one setting.

    # settings/a.toml
    [default]
    port = 8000

    # settings/b.toml
    [production]
    port = 8080

Right: name the files in their order.

    # assay.toml
    settings_files = ["settings/a.toml", "settings/b.toml"]
    known_environments = ["development", "production"]

    # settings/a.toml
    [default]
    port = 8000

    # settings/b.toml
    [production]
    port = 8080
"""

from collections.abc import Iterator, Mapping, Sequence

from app.core.findings import Finding, Severity
from app.core.layers import Origin
from app.rules.kit.layering import Setting
from app.rules.kit.rule import Rule
from app.rules.kit.survey import ProjectContext

_MAGIC = frozenset("*?[")


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Files that are read twice, and files of one glob that contradict each other."""
    for file in survey.files:
        if len(file.patterns) > 1:
            names = " and ".join(repr(pattern) for pattern in file.patterns)
            message = f"{file.name} is named twice, by {names}: Dynaconf loads it twice."
            fix = "Name it once."
            yield rule.project_finding(message, fix, origin=Origin(kind="file", file=file.name))
    globs = {file.name: _globs(file.patterns) for file in survey.files}
    if len([found for found in globs.values() if found]) > 1:
        for name in survey.subjects:
            yield from _contradictions(rule, survey, name, globs)


def _globs(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(pattern for pattern in patterns if _MAGIC & {*pattern})


def _contradictions(
    rule: Rule, survey: ProjectContext, environment: str, globs: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """One finding for each pair of files, at the first setting that they disagree about."""
    pairs: dict[tuple[str, str], list[tuple[Setting, Setting]]] = {}
    for said in survey.subjects[environment].contested.values():
        if pair := _pair(said, globs):
            earlier, later = pair
            pairs.setdefault((earlier.layer.file or "", later.layer.file or ""), []).append(pair)
    for (first, second), found in pairs.items():
        earlier, later = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        pattern = min(globs[first] & globs[second])
        message = f"{first} and {second} disagree about this setting{more}; {pattern!r} does not say which counts."
        order = ", ".join(f'"{name}"' for name, found_by in globs.items() if pattern in found_by)
        fix = f"Name the files in their order: in settings_files, write {order} for {pattern!r}."
        yield rule.project_finding(
            message, fix, origin=later.origin, key=later.path, environment=environment, related=(earlier.origin,)
        )


def _pair(said: Sequence[Setting], globs: Mapping[str, frozenset[str]]) -> tuple[Setting, Setting] | None:
    """The last two files that say different things and that one glob matches."""
    later = said[-1]
    for earlier in reversed(said[:-1]):
        if (
            earlier.layer.file != later.layer.file
            and globs.get(earlier.layer.file or "", frozenset()) & globs.get(later.layer.file or "", frozenset())
            and not earlier.equals(later)
        ):
            return earlier, later
    return None


RULE = Rule(
    id="SRC010",
    name="order-ambiguous",
    severity=Severity.WARNING,
    applies_to="always",
    summary="It is left to chance which of two files counts.",
    source="dynaconf.utils.files: globs are not sorted",
    page=__doc__,
    survey=survey,
)
