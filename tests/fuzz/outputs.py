"""Reports whose every text is a stranger's: in each format, the other side reads them as texts and as nothing else."""

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from app.cli.text.report import report as as_text
from app.core.findings import Severity
from app.formats.checked import CheckedProject
from app.formats.github import failure, github
from app.formats.junit import junit
from app.formats.paths import Paths
from app.formats.sarif import sarif
from app.reports import wire
from app.web.page import wording

from . import promises
from .engine import Target, Try

_PATHS = Paths(tree=PurePosixPath("/tree"), root=PurePosixPath("/tree/orders"), home="assay.toml")
_SEEDS = (
    b"settings.toml\0production\0database.host\0The host is not there.\0Write host = 'x'.\0[default]\nhost = 'a'",
    b'a\nb.toml\0prod\n::error::x\0a."b\nc"\0m ::error::x\0f\n##[error]x\0x',
    b"\xe2\x80\xae.toml\0\xe2\x80\x8bprod\0\x1b[31mkey\0\xc2\x85\0\xef\xbb\xbf\0\t",
)
_WORDS = (b"\0", b"\n::error::forged", b" ::error::forged", b"##[error]", b"\r", b"]]>", b"<x>", b"&amp;", b"%0A", b"\xf0\x9f\xa6\x84",
          b"\xe2\x80\xae", b"\xed\xb3\xbf", b"\xef\xbf\xbe")  # fmt: skip


def report(file: str, environment: str, key: str, message: str, fix: str) -> wire.Report:
    """A report that says nothing but these."""
    origins: list[wire.Origin] = [
        wire.FileOrigin(file=file, line=1, column=1, end_line=1, end_column=2, section=environment),
        wire.DotenvOrigin(file=file, line=2, name=key),
        wire.VariableOrigin(name=key),
    ]
    said = {"rule": "APP001", "name": "debug-on", "environment": environment, "message": message, "fix": fix}
    findings = [
        wire.ReportedFinding(severity="error", key=key or None, origin=one, related=origins, **said) for one in origins
    ]
    waived = wire.WaivedFinding(severity="error", key=key, origin=None, related=[], reason=message,
                                expires=date(2031, 1, 1), **said)  # fmt: skip
    deferred = [wire.DeferredLeaf(key=key, variable=key, message=message)]
    counts = wire.FindingCounts(error=len(findings))
    one = wire.EnvironmentReport(name=environment, active=True, production=True, valid=False, fingerprint="", counts=counts,
                                 findings=findings, deferred=deferred, waived=[waived])  # fmt: skip
    other = wire.EnvironmentReport(
        name=f"{environment}2",
        active=False,
        production=True,
        valid=False,
        judged=False,
        reason=message,
        fingerprint="",
        counts=wire.FindingCounts(),
        findings=[],
        deferred=[],
        waived=[],
    )
    return wire.Report(
        project=file, active=environment, valid=False, counts=counts, findings=[], environments=[one, other]
    )


def _attempt(data: bytes) -> None:
    texts = [part.decode("utf-8", "surrogateescape") for part in [*data.split(b"\0"), *[b""] * 6][:6]]
    found = report(*texts[:5])
    promises.printed(_printed(as_text(found, lambda _, __: texts[5], 80)))
    promises.annotations(github(CheckedProject(found, _PATHS)).decode())
    promises.annotations(_printed(failure(texts[3], texts[4])))
    promises.xml(junit(Severity.ERROR, CheckedProject(found, _PATHS)).decode())
    promises.sarif(sarif(CheckedProject(found, _PATHS)).decode())
    promises.document(wire.encode(found).decode())
    for text in texts:
        promises.legible(_printed(wording.on_one_line(text)))
        promises.legible(_printed(wording.literal(text)))


def _printed(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """The writers themselves."""
    yield _attempt


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=600)
