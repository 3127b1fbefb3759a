"""A report as SARIF 2.1.0, for code scanning.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) 2.1.0; the numbers are its sections. GitHub's code
scanning refuses a whole log for one result without a file, so what stands in none is told at the file that stands for
the project.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from app import __version__
from app.core.legible import legible
from app.formats.checked import CheckedProject, Mended
from app.formats.pasted import pasted
from app.formats.paths import Paths
from app.reports import wire
from app.reports.identity import identified
from app.rules import RULES
from app.rules.kit.rule import Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"


def sarif(*checked: CheckedProject) -> bytes:
    """The log: one run, every rule, a result for each finding in each environment of each project."""
    run = {
        "tool": {"driver": {"name": "Assay", "version": __version__, "rules": [_rule(rule) for rule in RULES]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the work tree, or of the project."}}},
        "invocations": [_invocation(one.report) for one in checked],
        "results": [result for one in checked for result in _results(one)],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(wire.encode(log), indent=1)


def _rule(rule: Rule) -> dict[str, Any]:
    """What the rule is (3.49)."""
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(rule.page.partition("\n\n")[0].split())},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity.word]},
        "properties": {"tags": ["configuration", rule.id.rstrip("0123456789").lower()], "precision": "high"},
    }


def _invocation(report: wire.Report) -> dict[str, Any]:
    """How the run went: what could not be judged makes it no success, whatever its results are (3.20.14, 3.20.21)."""
    told = [
        {"level": "error", "message": {"text": legible(f"[{one.name}] Not judged: {one.reason}.")}}
        for one in report.environments
        if one.reason
    ]
    return {"executionSuccessful": not told, "toolExecutionNotifications": told}


def _results(checked: CheckedProject) -> Iterator[dict[str, Any]]:
    """The findings, and those that are waived as suppressed; fingerprints are the baseline's."""
    report, paths = checked.report, checked.paths
    found = [*report.findings, *(finding for one in report.environments for finding in one.findings)]
    waived = [*report.waived, *(item for one in report.environments for item in one.waived)]
    numbers = {rule.id: number for number, rule in enumerate(RULES)}
    for mark, finding in identified([*found, *waived]):
        yield {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [where] if (where := _location(finding, paths)) else [],
            "relatedLocations": [
                {"physicalLocation": place} for origin in finding.related if (place := _physical(origin, paths))
            ],
            "partialFingerprints": {"assay/v1": mark},
            "suppressions": _suppressions(finding),
            **({"fixes": fixes} if (fixes := list(_fixes(finding, paths, checked.mended))) else {}),
            "properties": {"environment": finding.environment and legible(finding.environment), "key": finding.key},
        }


def _fixes(finding: wire.ReportedFinding, paths: Paths, mended: Mended) -> Iterator[dict[str, Any]]:
    """The edit as a change of a file (3.55); what only a person can choose is none."""
    change = mended(finding.edit) if finding.edit else None
    if change:
        region = {"startLine": change.line, "startColumn": change.column, "endLine": change.end_line,
                  "endColumn": change.end_column}  # fmt: skip
        replaced = {"deletedRegion": region, "insertedContent": {"text": change.text}}
        changed = {"artifactLocation": _artifact(paths.name(change.file)), "replacements": [replaced]}
        yield {"description": {"text": pasted(finding)}, "artifactChanges": [changed]}


def _message(finding: wire.ReportedFinding) -> str:
    where = f"[{finding.environment}] " if finding.environment else ""
    return legible(f"{where}{finding.message}") + (f" Fix: {pasted(finding)}" if finding.fix else "")


def _suppressions(finding: wire.ReportedFinding) -> list[dict[str, Any]]:
    """Empty rather than absent: of one run all results have the list, or none (3.27.23)."""
    if not isinstance(finding, wire.WaivedFinding):
        return []
    justification = legible(f"{finding.reason} ({finding.term})")
    return [{"kind": "external", "status": "accepted", "justification": justification}]


def _location(finding: wire.ReportedFinding, paths: Paths) -> dict[str, Any]:
    """Where it stands: in a file, and as a key or a variable (3.28)."""
    physical = _physical(finding.origin, paths)
    if physical is None and paths.home:
        physical = {"artifactLocation": _artifact(paths.name(paths.home))}
    logical = list(_logical(finding))
    return {
        **({"physicalLocation": physical} if physical else {}),
        **({"logicalLocations": logical} if logical else {}),
    }


def _logical(finding: wire.ReportedFinding) -> Iterator[dict[str, Any]]:
    if finding.key:
        full = f"{finding.environment}.{finding.key}" if finding.environment else finding.key
        yield {"name": legible(finding.key), "fullyQualifiedName": legible(full), "kind": "property"}
    if isinstance(finding.origin, wire.VariableOrigin | wire.DotenvOrigin | wire.DeploymentOrigin):
        yield {"name": legible(finding.origin.name), "kind": "variable"}


type _Placed = wire.FileOrigin | wire.DotenvOrigin | wire.DeploymentOrigin | wire.CallOrigin | wire.ValidatorOrigin


def _physical(origin: wire.Origin | None, paths: Paths) -> dict[str, Any] | None:
    if origin is None or isinstance(origin, wire.VariableOrigin | wire.DefaultOrigin):
        return None
    region = _region(origin)
    return {"artifactLocation": _artifact(paths.name(origin.file)), **({"region": region} if region else {})}


def _artifact(name: str) -> dict[str, Any]:
    uri = quote(name, errors="surrogateescape")
    if name.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": _ROOT}


def _region(origin: _Placed) -> dict[str, Any] | None:
    if origin.line is None:
        return None
    if isinstance(origin, wire.DotenvOrigin):
        return {"startLine": origin.line}
    if not isinstance(origin, wire.FileOrigin):
        return {"startLine": origin.line, "startColumn": origin.column}
    return {"startLine": origin.line, "startColumn": origin.column, "endLine": origin.end_line,
            "endColumn": origin.end_column}  # fmt: skip
