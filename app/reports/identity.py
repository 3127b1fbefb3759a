"""What makes a finding the same one in another run, though lines have moved and words have changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from app.core.findings import Severity
from app.reports import wire


def identified(findings: Iterable[wire.ReportedFinding]) -> Iterator[tuple[str, wire.ReportedFinding]]:
    """Each finding with its fingerprint: of its rule, environment, key, file and section, and a number among equals."""
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        traits = (finding.rule, finding.environment or "", finding.key or "", *_place(finding.origin))
        seen[traits] += 1
        text = "\0".join((*traits, str(seen[traits])))
        yield hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest(), finding


def _place(origin: wire.Origin | None) -> tuple[str, str]:
    match origin:
        case wire.FileOrigin(file=file, section=section):
            return file, section or ""
        case wire.DotenvOrigin(file=file, name=name) | wire.DeploymentOrigin(file=file, name=name):
            return file, name
        case wire.CallOrigin(file=file) | wire.ValidatorOrigin(file=file):
            return file, ""
        case wire.VariableOrigin(name=name):
            return "", name
        case _:
            return "", ""


def severity_of(finding: wire.ReportedFinding) -> Severity:
    """How bad it is: what grows worse is told anew, though it is the same finding."""
    return Severity.of(finding.severity)


def file_of(finding: wire.ReportedFinding) -> str | None:
    """The file that it is about, relative to the project's root."""
    return None if isinstance(finding.origin, wire.VariableOrigin | wire.DefaultOrigin | None) else finding.origin.file
