"""Reports as JUnit XML: a suite for each project and one for each environment, a case for each finding.

What ends the command with 1 is a failure, what does not is a case that passes and says so, what is waived is skipped.
Source: the schema of Jenkins' xUnit plugin, junit-10.xsd.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.core.findings import Severity
from app.core.legible import legible
from app.formats.checked import CheckedProject
from app.formats.pasted import pasted
from app.formats.paths import Paths
from app.reports import wire


def junit(level: Severity, *checked: CheckedProject) -> bytes:
    """The document; findings at the level or above are failures."""
    suites = Element("testsuites", name=legible(" ".join(["assay check", *(one.report.project for one in checked)])))
    for one in checked:
        _project(suites, one.report, one.paths, level)
    for count in ("tests", "failures", "errors"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    indent(suites)
    document: bytes = tostring(suites, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + document


def _project(suites: Element, report: wire.Report, paths: Paths, level: Severity) -> None:
    _suite(suites, report.project, "files and variables", report.findings, report.waived, paths, level)
    for one in report.environments:
        name, claim = f"{report.project}.{one.name}", f"{one.name} is fit to run"
        if one.reason:
            _unjudged(suites, name, claim, one.reason)
        else:
            _suite(suites, name, claim, one.findings, one.waived, paths, level)


def _suite(
    above: Element,
    name: str,
    claim: str,
    findings: Sequence[wire.ReportedFinding],
    waived: Sequence[wire.WaivedFinding],
    paths: Paths,
    level: Severity,
) -> None:
    """One suite; where nothing fails, its first case is the claim that held."""
    suite = SubElement(above, "testsuite", name=legible(name))
    failing = [finding for finding in findings if Severity.of(finding.severity) >= level]
    if not failing:
        _case(suite, name, claim)
    for finding in findings:
        case = _case(suite, name, _title(finding))
        if Severity.of(finding.severity) >= level:
            told = SubElement(case, "failure", type=finding.rule, message=legible(finding.message))
        else:
            told = SubElement(case, "system-out")
        told.text = _text(finding, paths)
    for item in waived:
        reason = f"waived {item.term}: {item.reason}"
        SubElement(_case(suite, name, _title(item)), "skipped", message=legible(reason))
    counts = {"tests": len(suite), "failures": len(failing), "errors": 0, "skipped": len(waived)}
    for word, count in counts.items():
        suite.set(word, str(count))
    suite.set("time", "0")


def _unjudged(above: Element, name: str, claim: str, reason: str) -> None:
    """The suite of an environment that could not be judged: what it claims does not hold."""
    suite = SubElement(above, "testsuite", name=legible(name))
    told = SubElement(_case(suite, name, claim), "failure", type="not-judged", message=legible(f"not judged: {reason}"))
    told.text = told.get("message")
    for word, count in {"tests": 1, "failures": 1, "errors": 0, "skipped": 0, "time": 0}.items():
        suite.set(word, str(count))


def _case(suite: Element, classname: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=legible(classname), name=legible(name), time="0")


def _title(finding: wire.ReportedFinding) -> str:
    return f"{finding.rule} {finding.name}{f' {finding.key}' if finding.key else ''}"


def _text(finding: wire.ReportedFinding, paths: Paths) -> str:
    place = legible(_place(finding.origin, paths))
    fix = f"fix: {pasted(finding)}" if finding.fix else ""
    lines = [legible(f"{finding.severity}: {finding.message}"), fix, place]
    return "\n".join(line for line in lines if line)


def _place(origin: wire.Origin | None, paths: Paths) -> str:
    match origin:
        case wire.FileOrigin(file=file, line=line, column=column):
            return f"at {paths.name(file)}{f':{line}:{column}' if line else ''}"
        case wire.DotenvOrigin(file=file, line=line):
            return f"at {paths.name(file)}{f':{line}' if line else ''}"
        case (
            wire.CallOrigin(file=file, line=line, column=column)
            | wire.ValidatorOrigin(file=file, line=line, column=column)
            | wire.DeploymentOrigin(file=file, line=line, column=column)
        ):
            return f"at {paths.name(file)}:{line}:{column}"
        case wire.VariableOrigin(name=name):
            return f"in the variable {name}"
        case _:
            return ""
