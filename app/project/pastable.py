"""What a finding gives to paste, as the file that it is about has it."""

import shlex
from collections.abc import Iterable

from msgspec.structs import replace

from app.core.errors import AssayError
from app.core.findings import Edit, Finding
from app.core.layers import parse_key
from app.core.legible import legible
from app.project.source_lines import LineOf, lines_of
from app.project.workspace import Workspace
from app.sources.toml.outline import outline
from app.toml_edit.change import values_of
from app.toml_edit.pasting import Pasting, Sheet, pasting
from app.toml_edit.writing import hold


class Pastable:
    """Findings of a project with what they give to paste as its files have it; every file is looked up once.

    Args:
        workspace: the project.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._profiles: dict[str, Sheet | None] = {}
        self._line: LineOf = lines_of(workspace)

    def findings(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """The same findings, their edits' texts as they can be pasted."""
        return tuple(self._of(finding) if finding.edit else finding for finding in found)

    def lines(self, edit: Edit) -> Pasting | None:
        """The lines that make an edit by hand; None where none do, or they would show what may not be shown."""
        profile, path = self._profile(edit), parse_key(edit.key)
        if profile is None:  # it begins with these
            return Pasting(text=edit.text)
        found = pasting(profile, (*_section(edit), *path), edit.text) if path else None
        return found if found and (not found.shows or self._may_show(edit, found)) else None

    def _of(self, finding: Finding) -> Finding:
        edit = finding.edit
        profile = self._profile(edit) if edit else None
        if edit is None or profile is None or (path := parse_key(edit.key)) is None:
            return finding
        found = pasting(profile, (*_section(edit), *path), edit.text)
        if found is None:
            return finding
        if found.shows and not self._may_show(edit, found):
            command = _command(finding, edit)
            return replace(finding, fix=f"{finding.fix} Or: {command}", edit=replace(edit, text=command))
        fix = f"{finding.fix} {_sentence(finding, edit, found)}" if found.differs else finding.fix
        return replace(finding, fix=fix, edit=replace(edit, text=_text(edit, found)))

    def _profile(self, edit: Edit) -> Sheet | None:
        """The file that an edit writes into; None where it writes into none, or into one that is not there."""
        if edit.file is None or edit.kind not in {"set", "option"}:
            return None
        if edit.file not in self._profiles:
            self._profiles[edit.file] = self._read(edit.file)
        return self._profiles[edit.file]

    def _read(self, file: str) -> Sheet | None:
        project = self._workspace.project
        document = project.document(file)
        try:
            raw = document.text.encode() if document else _raw(self._workspace, file)
            values_of(raw)
        except (AssayError, ValueError, RecursionError):
            return None
        return Sheet(raw=raw, outline=outline(raw))

    def _may_show(self, edit: Edit, found: Pasting) -> bool:
        """Whether the lines that a file has already may be shown, of which the pasted ones repeat most."""
        profile, (first, last) = self._profiles[edit.file or ""], found.replaced or (1, 0)
        lines = profile.raw.decode().splitlines() if profile else []
        return all(self._line(edit.file or "", number) == lines[number - 1] for number in range(first, last + 1))


def _raw(workspace: Workspace, file: str) -> bytes:
    project = workspace.project
    return project.overlay.get(file) or hold(project.root / file, project.root).text


def _section(edit: Edit) -> tuple[str, ...]:
    if edit.section is None:
        return ()
    return tuple(edit.section.split(".")) if edit.kind == "option" else (edit.section,)


def _text(edit: Edit, found: Pasting) -> str:
    return f"# {legible(f'{edit.file}, {found.place}')}:\n{found.text}" if found.place else found.text


def _sentence(finding: Finding, edit: Edit, found: Pasting) -> str:
    """The lines in words, where a file has no such table as the finding's own sentence names."""
    where = legible(f"As {edit.file} has it, {found.place or 'at its end'}")
    is_one = "\n" not in found.text or found.text.startswith("[")
    return f"{where}: {' '.join(found.text.split(chr(10))) if is_one else _command(finding, edit)}"


def _command(finding: Finding, edit: Edit) -> str:
    """The command that makes the edit, which has no need to show what stands beside it."""
    environment = finding.environment or ""
    if edit.value is not None:
        return shlex.join(["assay", "check", *filter(None, [environment]), "--fix", finding.rule])
    where = ["--env", environment or edit.section or "", "--file", edit.file or ""]
    return shlex.join(["assay", "set", edit.key, "-", *where])
