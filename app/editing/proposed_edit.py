"""What a profile would be with one key changed, and what is common to setting a key and taking it out."""

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ArgumentError
from app.core.layers import Origin, parse_key
from app.core.layers import Path as KeyPath
from app.core.opening import is_text
from app.project.workspace import Workspace
from app.sources.files import SourceFile
from app.sources.project import Project
from app.sources.toml import TomlDocument, decode
from app.toml_edit.literal import written
from app.toml_edit.writing import Held, hold


class Assignment(Struct, frozen=True, kw_only=True):
    """`assay set`, as it was asked.

    Attributes:
        key: dotted.
        text: what the key is set to, as it was typed.
        environment: whose value; the base section's name for all.
        file: the profile to write to; None where Assay chooses.
        folder: what a file's name may be relative to, beside the project.
        kind: the type of the value, where another than the key's is asked for; see `as_kind`.
        exact: whether a new key is spelled as it was typed, though the project has it in another case.
    """

    key: str
    text: str
    environment: str
    file: str | None = None
    folder: Path = Path()
    kind: str | None = None
    exact: bool = False

    @classmethod
    def of(cls, key: str, value: object, *, environment: str, file: str | None, folder: Path) -> "Assignment":
        """The same of a value as JSON has it: it is what it is, and a text stays one.

        Raises:
            ArgumentError: TOML cannot hold it.
        """
        text, kind = (value, "str") if isinstance(value, str) else (written(value).toml, "toml")
        return cls(key=key, text=text, environment=environment, file=file, folder=folder, kind=kind)


class Removal(Struct, frozen=True, kw_only=True):
    """`assay unset`, as it was asked; the fields mean what an assignment's do."""

    key: str
    environment: str
    file: str | None = None
    folder: Path = Path()


class Draft(Struct, frozen=True, kw_only=True):
    """A file as it would be.

    Attributes:
        entry: the file.
        section: the section in it; None in files without.
        key: the key's one spelling.
        held: what the file holds now.
        raw: what it would hold.
        after: the project with it.
        ineffective: why the value would not be what the environment runs with; empty where it would.
        shadow: where that comes from instead.
        objections: what else speaks against it.
        notes: what else the reader should know.
        hint: that another key was probably meant; empty where none was.
    """

    entry: SourceFile
    section: str | None
    key: str
    held: Held
    raw: bytes
    after: Workspace
    ineffective: str = ""
    shadow: Origin | None = None
    objections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hint: str = ""


def key_path(key: str) -> KeyPath:
    """The path that a key spells.

    Raises:
        ArgumentError: it spells none.
    """
    path = parse_key(key)
    if path is None or not is_text(key):
        raise ArgumentError(f"{key!r} is no key.", fix="Write it with dots: database.pool.size.")
    return path


def opened(entry: SourceFile, project: Project) -> tuple[Held, TomlDocument]:
    """A profile as the project has it, there or not.

    Raises:
        ArgumentError: it is not fit to be edited.
    """
    held = hold(entry.path, project.root)
    if entry.name in project.overlay:
        held = replace(held, raw=project.overlay[entry.name])
    document = decode(held.text, entry.name)
    if fault := document.fault:
        raise ArgumentError(f"{fault.origin}: {fault.message} It was not edited.", fix=fault.fix)
    return held, document


def overlaid(workspace: Workspace, entry: SourceFile, held: Held, raw: bytes) -> Workspace:
    """The project with other bytes in one file's place."""
    project = workspace.project
    added = (*project.added, *((entry,) if held.raw is None else ()))
    overlay = {**project.overlay, entry.name: raw}
    return replace(workspace, project=replace(project, overlay=overlay, added=added))
