"""A committed file holds a secret that shows by its form what it is.

Keys of AWS, GitHub, Slack, Stripe, Google and others, private keys and JSON web tokens: programs search public
repositories for these forms, and use what they find within minutes. It does not matter whether the key's name tells,
whether an environment reads it, or whether it stands in a comment.

Wrong:

    # Until the new one works: ghp_mV7tQ2xL9wKcZ4bNr8ysT5wR8nJ3vXhY6cMq
    [production]
    deploy = true

Right:

    [production]
    deploy = true
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Origin, Path, Span, dotted
from app.core.secrecy import Found, known_formats
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext, SurveyedFile

_FIX = "Take it out, withdraw it where it was issued, and keep the new one in a secrets file or a variable."


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Known forms in the text of every committed file: for each environment that runs with it, else once."""
    subjects = list(survey.subjects.values())
    for file in survey.files:
        found = list(known_formats(file.text))
        if found and survey.is_committed(file.name):
            yield from (finding for one in found for finding in _findings(rule, subjects, file, one))


def _findings(rule: Rule, subjects: list[EnvironmentContext], file: SurveyedFile, found: Found) -> Iterator[Finding]:
    span = _span(file.text, found)
    message = f"{file.name} holds {found.what}, for everybody who reads the repository."
    told = False
    for subject in subjects:
        if (holder := _holder(subject, file, span)) is not None:
            told = True
            path, origin = holder
            environment = subject.tree.environment
            yield rule.project_finding(
                f"{dotted(path)}: {message}", _FIX, origin=origin, key=path, environment=environment
            )
    if not told:
        yield rule.project_finding(message, _FIX, origin=Origin(kind="file", file=file.name, span=span))


def _holder(subject: EnvironmentContext, file: SurveyedFile, span: Span) -> tuple[Path, Origin] | None:
    """The key of an environment whose value holds the place, and where that stands."""
    for leaf in subject.tree.leaves:
        if leaf.layer is None or leaf.layer.kind != "file" or leaf.layer.file != file.name:
            continue
        origin = leaf.origin
        if origin is not None and origin.span is not None and _holds(origin.span, span):
            return leaf.path, origin
    return None


def _holds(outer: Span, inner: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


def _span(text: str, found: Found) -> Span:
    line, column = _place(text, found.start)
    end_line, end_column = _place(text, found.end)
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


RULE = Rule(
    id="SEC008",
    name="known-format",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A committed file holds a secret of a known form.",
    source="CWE-798; OWASP ASVS 5.0, 13.3.1",
    page=__doc__,
    survey=survey,
)
