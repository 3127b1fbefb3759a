"""What holds for every output, whatever was put in."""

import json
import re
from xml.etree import ElementTree as ET

from .engine import CANARY

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
)
_COMMAND = re.compile(
    r"^\s*::(error|warning|notice|debug|group|add-mask|set-output|stop-commands)(?: |::)", re.MULTILINE
)
_REGION = ("startLine", "startColumn", "endLine", "endColumn")


def kept(*outputs: str) -> None:
    """No output holds the secret."""
    for text in outputs:
        at = text.find(CANARY)
        assert at < 0, f"a secret is shown: …{text[max(0, at - 80) : at + 40]!r}…"


def legible(text: str) -> None:
    """What is meant for people steers nothing that shows it."""
    found = _STEERING.search(_SGR.sub("", text))
    assert found is None, f"{found[0]!r} among {text[max(0, found.start() - 40) : found.start() + 40]!r}"


def printed(text: str) -> None:
    """What is printed steers no terminal, and gives a runner of checks no command."""
    legible(text)
    assert not _COMMAND.search(text), "a command for a runner"


def annotations(text: str) -> None:
    """Every line is one of our own commands."""
    for line in text.splitlines() if text else ():
        assert re.match(r"::(error|warning|notice) [^:]*::", line), line
        assert not _STEERING.search(line), repr(line)


def document(text: str) -> None:
    """The text is JSON as any reader takes it."""
    json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(AssertionError(f"{name} is no JSON")))


def xml(text: str) -> None:
    """The text is XML with one failure counted for each that is there."""
    suites = ET.fromstring(text)  # noqa: S314 - our own
    assert suites.get("failures") == str(len(suites.findall(".//failure")))


def sarif(text: str) -> None:
    """The text is a log whose places a reader can find. Source: SARIF 2.1.0, 3.27 to 3.30."""
    (run,) = json.loads(text)["runs"]
    for result in run["results"]:
        assert isinstance(result["message"]["text"], str)
        for place in result["locations"]:
            where = place.get("physicalLocation", {})
            uri = where.get("artifactLocation", {"uri": ""})["uri"]
            assert uri.isascii()
            assert not {*uri} & {*' <>"\\^`{|}'}
            for name in _REGION:
                number = where.get("region", {}).get(name)
                assert number is None or number >= 1
