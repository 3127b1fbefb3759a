"""The law of what is pasted: done by hand, to the letter, it makes of a file what the edit makes of it."""

import re
import shlex
from typing import Any

import tomli

from app.core.errors import AssayError
from app.editing.apply import applied
from app.project.workspace import Workspace
from app.reports import wire

_PLACE = re.compile(
    r"# (?P<file>.+?), (?:(?P<above>above line 1)|below line (?P<below>\d+)"
    r"|in place of lines? (?P<first>\d+)(?: to (?P<last>\d+))?)(?:, in (?P<header>\[.+\]))?:"
)


def complaint(workspace: Workspace, finding: wire.ReportedFinding) -> str:
    """What is wrong with the lines that a finding gives to paste; empty where the law holds, or says nothing."""
    edit = finding.edit
    if not edit or edit.file is None or edit.kind not in {"set", "option"}:
        return ""
    if edit.text.startswith("assay "):
        return _of_command(finding, edit)
    try:
        text = pasted(_text(workspace, edit.file), edit.text)
        wanted = applied(workspace, edit, _sample(edit)).after.decode()
        return "" if tomli.loads(text) == tomli.loads(wanted) else f"it says something else:\n{text}\nnot:\n{wanted}"
    except (AssayError, ValueError) as error:
        return f"{error}: {edit.text}"


def pasted(raw: str, text: str) -> str:
    """The file with the lines where their remark says; at its end where they have none."""
    lines, (first, *rest) = raw.splitlines(), text.split("\n")
    place = _PLACE.fullmatch(first)
    if place is None:
        return "\n".join([*lines, text, ""])
    start = int(place["below"] or place["first"] or 1) - (1 if place["first"] or place["above"] else 0)
    end = int(place["last"] or place["first"] or start)
    if place["header"]:
        above = [line.partition("#")[0].strip() for line in lines[:start] if re.match(r"\s*\[[^,]*\]\s*(#.*)?$", line)]
        assert above[-1:] == [place["header"]], (place["header"], above)
    return "\n".join([*lines[:start], *rest, *lines[end:], ""])


def _text(workspace: Workspace, file: str) -> str:
    project = workspace.project
    raw = project.overlay.get(file)
    path = project.root / file
    return (raw if raw is not None else path.read_bytes() if path.exists() else b"").decode()


def _sample(edit: wire.FixEdit) -> Any:
    """What stands in the lines for a value that somebody chooses."""
    lines = edit.text.split("\n")
    node: Any = tomli.loads("\n".join(lines))
    if edit.value is not None:
        return edit.value
    parts = re.findall(r"[^.\[\]]+", edit.key)
    return _found(node, edit.section, parts)


def _found(node: Any, section: str | None, parts: list[str]) -> Any:
    """The innermost value that the lines say about the key, wherever they begin."""
    for start in range(-1 if section else 0, len(parts)):
        names, value = [section, *parts] if start < 0 else parts[start:], node
        for name in names:
            if isinstance(value, list) and str(name).isdigit() and int(name) < len(value):
                value = value[int(name)]
            elif isinstance(value, dict) and name in value:
                value = value[str(name)]
            else:
                break
        else:
            return value
    raise ValueError(f"the lines do not say {parts}")


def _of_command(finding: wire.ReportedFinding, edit: wire.FixEdit) -> str:
    """What is wrong with a command that stands for lines which cannot be shown."""
    words = shlex.split(edit.text)
    if words[1] == "set":
        wanted = ["assay", "set", edit.key, "-", "--env", finding.environment or edit.section, "--file", edit.file]
        return "" if edit.value is None and words == wanted else f"not what is to be set: {edit.text}"
    asked = [finding.environment] if finding.environment else []
    return "" if edit.value is not None and words == ["assay", "check", *asked, "--fix", finding.rule] else edit.text
