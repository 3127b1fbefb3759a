"""A report as annotations of a GitHub Actions job.

Source: GitHub's documentation, "Workflow commands for GitHub Actions"; the escapes are those of `actions/toolkit`.
"""

from collections.abc import Iterator

from app.core.legible import legible
from app.formats.checked import CheckedProject
from app.formats.pasted import pasted
from app.formats.paths import Paths
from app.reports import wire
from app.reports.present.causes import Cause, causes

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = str.maketrans({**_DATA, ":": "%3A", ",": "%2C"})
_MESSAGE = str.maketrans(_DATA)


def github(*checked: CheckedProject) -> bytes:
    """One line for each cause, those of a project together, the worst first."""
    lines = [line for one in checked for line in _lines(one.report, one.paths)]
    return "\n".join(lines).encode("utf-8", "backslashreplace")


def failure(message: str, fix: str) -> str:
    """The line in place of a report."""
    return _command("error", {"title": "assay"}, _said(message, legible(fix)))


def _lines(report: wire.Report, paths: Paths) -> Iterator[str]:
    for cause in causes(report):
        finding = cause.finding
        place = _place(finding.origin, paths)
        said = _said(finding.message, pasted(finding))
        yield _command(_LEVELS[finding.severity], {**place, "title": _title(cause)}, said)
    for one in report.environments:
        if one.reason:
            yield _command("error", {"title": f"{one.name} is not judged"}, legible(one.reason))


def _said(message: str, fix: str) -> str:
    return f"{legible(message)}\nfix: {fix}" if fix else legible(message)


def _title(cause: Cause) -> str:
    where = f" in {', '.join(cause.environments)}" if cause.environments else ""
    return f"{cause.finding.rule} {cause.finding.name}{where}"


def _place(origin: wire.Origin | None, paths: Paths) -> dict[str, object]:
    match origin:
        case wire.FileOrigin(file=file, line=None):
            return {"file": paths.name(file)}
        case wire.FileOrigin(file=file, line=line, column=column, end_line=end_line, end_column=end_column):
            return {"file": paths.name(file), "line": line, "col": column, "endLine": end_line, "endColumn": end_column}
        case wire.DotenvOrigin(file=file, line=line):
            return {"file": paths.name(file), **({"line": line} if line else {})}
        case (
            wire.CallOrigin(file=file, line=line, column=column)
            | wire.ValidatorOrigin(file=file, line=line, column=column)
            | wire.DeploymentOrigin(file=file, line=line, column=column)
        ):
            return {"file": paths.name(file), "line": line, "col": column}
        case _:
            return {}


def _command(level: str, properties: dict[str, object], message: str) -> str:
    said = ",".join(f"{name}={legible(str(value)).translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{level} {said}::{message.translate(_MESSAGE)}"
