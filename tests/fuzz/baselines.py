"""Baselines: a file is one, or is refused as none."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from app.checking.baseline import compare, read_baseline, write_baseline
from app.core.errors import ArgumentError
from app.reports import wire

from .command import folder
from .engine import Target, Try

_FINDING = wire.ReportedFinding(
    rule="APP001",
    name="debug-on",
    severity="error",
    environment="production",
    key="debug",
    message="m",
    fix="f",
    origin=wire.FileOrigin(file="settings.toml", line=1, column=1),
    related=[],
)
_ONE = wire.EnvironmentReport(
    name="production",
    active=True,
    production=True,
    valid=False,
    fingerprint="",
    counts=wire.FindingCounts(error=1),
    findings=[_FINDING],
    deferred=[],
    waived=[],
)
_REPORT = wire.Report(
    project="orders",
    active="production",
    valid=False,
    counts=wire.FindingCounts(error=1),
    findings=[],
    environments=[_ONE],
)
_SEEDS = (
    b'{"version":1,"findings":[]}',
    b'{"version":1,"findings":[{"fingerprint":"sha256:0","rule":"APP001","environment":"production","key":null}]}',
    b'{"version": 2, "findings": [1], "more": {"a": [[[{}]]]}}',
)
_WORDS = (b'"version":', b'"findings":', b"[", b"]", b"{", b"}", b"null", b"1e999", b'"\\ud800"', b'"rule":', b",")


def _attempt(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        found = read_baseline(path)
    except ArgumentError:
        return
    compared = compare(_REPORT, found)
    assert compared.report.known + sum(len(one.findings) for one in compared.report.environments) == 1


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """A file that is read as one; what was written as one knows its report."""
    with folder() as root:
        path = root / "baseline.json"
        write_baseline(path, _REPORT)
        assert compare(_REPORT, read_baseline(path)).report.known == 1
        yield lambda data: _attempt(path, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=2000)
