"""Whatever stands in a key, a message or a file's name, the other side reads it as that, and as nothing else."""

from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.findings import Severity
from app.core.legible import legible
from app.formats.checked import CheckedProject
from app.formats.github import github
from app.formats.junit import junit
from app.formats.paths import Paths
from app.formats.sarif import sarif
from app.reports import wire

texts = st.text(max_size=30) | st.text(alphabet="\x00\x1b\r\n%:,;=<>&\"']]>\udcff\ufffe\u2028 a/", max_size=20)
PATHS = Paths(tree=PurePosixPath("/tree"), root=PurePosixPath("/tree/orders"), home="assay.toml")


def report(text: str) -> wire.Report:
    origin = wire.FileOrigin(file=f"x{text}", line=1, column=1, end_line=1, end_column=2)
    finding = wire.ReportedFinding(
        rule="APP001",
        name="debug-on",
        severity="error",
        environment="production",
        key=text or None,
        message=text,
        fix=text,
        origin=origin,
        related=[origin],
    )
    counts = wire.FindingCounts(error=1)
    one = wire.EnvironmentReport(name="production", active=True, production=True, valid=False, fingerprint="",
                                 counts=counts, findings=[finding], deferred=[], waived=[])  # fmt: skip
    return wire.Report(project=text, active="production", valid=False, counts=counts, findings=[], environments=[one])


@given(texts)
def test_junit_parses_and_has_its_one_failure(text: str) -> None:
    suites = ET.fromstring(junit(Severity.ERROR, CheckedProject(report(text), PATHS)))  # noqa: S314 - our own
    assert len(suites.findall(".//failure")) == 1
    assert suites.get("failures") == "1"


@given(texts)
def test_github_gets_one_command_with_the_message_in_it(text: str) -> None:
    lines = github(CheckedProject(report(text), PATHS)).decode().split("\n")
    assert len(lines) == 1
    head, said = lines[0].removeprefix("::error ").split("::", 1)
    assert "\r" not in lines[0]
    properties = dict(pair.split("=", 1) for pair in head.split(","))
    assert list(properties) == ["file", "line", "col", "endLine", "endColumn", "title"]
    assert _read(said).split("\nfix: ")[0] == legible(text) if text else said == ""
    assert _read(properties["file"]) == legible(PATHS.name(f"x{text}"))


def _read(said: str) -> str:
    """The text as `actions/runner` takes it: a percent sign last."""
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        said = said.replace(code, char)
    return said


@given(texts)
def test_sarif_is_json_with_one_result_at_one_place(text: str) -> None:
    log = msgspec.json.decode(sarif(CheckedProject(report(text), PATHS)))
    (result,) = log["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not {*uri} & {*' "<>\\^`{|}'}
