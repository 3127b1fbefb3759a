"""What is known already: the findings that a project had when it took Assay up."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ArgumentError
from app.core.findings import Severity
from app.core.opening import exists, is_file, read_file, real_path, remedy, why
from app.reports import wire
from app.reports.identity import file_of, identified, severity_of

_VERSION = 1


class BaselineEntry(Struct, frozen=True, kw_only=True):
    """One known finding; all but the fingerprint and the severity is for people who read the file.

    An entry without a severity is from before there was one, and stands for any.
    """

    fingerprint: str
    rule: str
    severity: Literal["info", "warning", "error"] = "error"
    environment: str | None = None
    key: str | None = None
    file: str | None = None


class Baseline(Struct, frozen=True, kw_only=True):
    """The file's content."""

    version: int
    findings: list[BaselineEntry]


class Compared(Struct, frozen=True, kw_only=True):
    """A report held against a baseline.

    Attributes:
        report: without what is known.
        gone: what is known and was not found; where all environments were checked, it occurs no more.
    """

    report: wire.Report
    gone: Sequence[BaselineEntry]


def write_baseline(path: Path, report: wire.Report) -> int:
    """Write what a report found, whole or not at all; the result is the number of findings.

    Raises:
        ArgumentError: the file cannot be written.
    """
    entries = [
        BaselineEntry(
            fingerprint=mark,
            rule=found.rule,
            severity=found.severity,
            environment=found.environment,
            key=found.key,
            file=file_of(found),
        )
        for mark, found in identified(_everything(report))
    ]
    entries.sort(key=lambda entry: (entry.rule, entry.environment or "", entry.key or "", entry.fingerprint))
    text = wire.encode(Baseline(version=_VERSION, findings=entries))
    _write(path, msgspec.json.format(text, indent=2) + b"\n")
    return len(entries)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        ArgumentError: it cannot be read, or is no baseline.
    """
    fix = f"Write it anew with --write-baseline {path.name}."
    try:
        found = msgspec.json.decode(read_file(path), type=Baseline)
    except FileNotFoundError:
        raise ArgumentError(f"There is no baseline {path.name}.", fix=fix) from None
    except OSError as error:
        message = f"The baseline {path.name} cannot be read: {why(error)}."
        raise ArgumentError(message, fix=remedy(error, "Name a file.")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ArgumentError(f"{path.name} is no baseline: {error}.", fix=fix) from None
    if found.version != _VERSION:
        message = f"{path.name} is a baseline of version {found.version}, and this Assay reads version {_VERSION}."
        raise ArgumentError(message, fix=fix)
    return found


def compare(report: wire.Report, baseline: Baseline) -> Compared:
    """The report with only what is new in it, or has grown worse."""
    known = {entry.fingerprint: Severity.of(entry.severity) for entry in baseline.findings}
    old = {
        id(found)
        for mark, found in identified(_everything(report))
        if mark in known and severity_of(found) <= known[mark]
    }
    return Compared(report=_without(report, old), gone=list(_gone(report, baseline)))


def _gone(report: wire.Report, baseline: Baseline) -> Iterator[BaselineEntry]:
    """Entries that were not found; a waived finding still occurs."""
    here = {mark for mark, _ in identified([*_everything(report), *_waived(report)])}
    yield from (entry for entry in baseline.findings if entry.fingerprint not in here)


def _everything(report: wire.Report) -> list[wire.ReportedFinding]:
    return [*report.findings, *(finding for one in report.environments for finding in one.findings)]


def _waived(report: wire.Report) -> list[wire.WaivedFinding]:
    return [*report.waived, *(finding for one in report.environments for finding in one.waived)]


def _without(report: wire.Report, old: set[int]) -> wire.Report:
    findings = [finding for finding in report.findings if id(finding) not in old]
    environments = [_environment(one, old) for one in report.environments]
    counts = _counts([*findings, *(finding for one in environments for finding in one.findings)])
    return replace(
        report,
        valid=not counts.error and all(one.judged for one in environments),
        counts=counts,
        findings=findings,
        environments=environments,
        known=len(old),
    )


def _environment(one: wire.EnvironmentReport, old: set[int]) -> wire.EnvironmentReport:
    findings = [finding for finding in one.findings if id(finding) not in old]
    counts = _counts(findings)
    return replace(one, valid=one.judged and not counts.error, counts=counts, findings=findings)


def _counts(findings: Sequence[wire.ReportedFinding]) -> wire.FindingCounts:
    return wire.counts(Severity.of(finding.severity) for finding in findings)


def _write(path: Path, content: bytes) -> None:
    """The content beside the file first, so that whoever reads it meanwhile gets the old one or the new one.

    A link is followed, and a device or a pipe is refused: the new file would stand in its place.
    """
    if exists(path) and not is_file(path):
        message = f"The baseline {path.name} cannot be written: it is no file."
        raise ArgumentError(message, fix="Name a file in a folder that is there and may be written.")
    path = Path(real_path(path)) if path.is_symlink() else path
    beside: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            beside = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode & 0o777 if exists(path) else 0o644)
        beside.replace(path)
    except (OSError, ValueError) as error:
        if beside:
            with suppress(OSError):
                beside.unlink()
        message = f"The baseline {path.name} cannot be written: {getattr(error, 'strerror', "that is no file's name")}."
        raise ArgumentError(message, fix="Name a file in a folder that is there and may be written.") from None
