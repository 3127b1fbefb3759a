"""What `--fix` did, as text: the difference of each file, and a line for each finding."""

from collections.abc import Sequence
from difflib import unified_diff
from textwrap import wrap

import click

from app.cli.session import pass_over
from app.editing.fix import Fixed
from app.project.source_lines import lines_of
from app.project.workspace import Workspace
from app.reports import wire

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def difference(before: Workspace, result: Fixed) -> str:
    """The unified difference of every file, with what is secret in it masked."""
    lines: list[str] = []
    for name, (old, new) in result.files.items():
        shown = _shown(before, name, old), _shown(result.workspace, name, new)
        source = name if old is not None else "/dev/null"
        lines += [line.rstrip("\n") for line in unified_diff(*shown, source, name)]
    return "\n".join(click.style(pass_over(line), fg=_COLOURS.get(line[:1])) for line in lines)


def _shown(workspace: Workspace, name: str, raw: bytes | None) -> list[str]:
    """The lines of a file as people may see them; the options hold no secrets."""
    text = (raw or b"").decode(errors="replace").removesuffix("\n").split("\n")
    document, line_of = workspace.project.document(name), lines_of(workspace)
    return [(line_of(name, number) or "") if document else line for number, line in enumerate(text, 1)]


def fixes(found: Sequence[wire.AppliedFix], width: int) -> str:
    """The edits that were made, then those that were not and why."""
    made = [one for one in found if one.applied]
    left = [one for one in found if not one.applied]
    lines = [f"{len(made)} fixed, {len(left)} left to people"]
    lines += [line for one in (*made, *left) for line in _line(one, width)]
    return "\n".join(lines)


def _line(one: wire.AppliedFix, width: int) -> list[str]:
    where = "".join([f" {one.key}" if one.key else "", f" in {one.environment}" if one.environment else ""])
    edit = one.edit
    place = " ".join(edit.text.split()).removeprefix("# ") if edit and edit.file else "made"
    text = f"{one.rule}{where}: {one.reason or place}"
    mark = "fixed" if one.applied else "left"
    return wrap(pass_over(text), max(width, 40), initial_indent=f"    {mark}: ", subsequent_indent="      ",
                break_long_words=False, break_on_hyphens=False)  # fmt: skip
