"""Bringing an existing project under Assay: its options from its code."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from app.application import Reading, find_calls, read_call
from app.application.roots import chosen_call, services
from app.checking.adopt.model import model_options
from app.checking.adopt.options import noted
from app.core.errors import ArgumentError
from app.core.opening import is_there
from app.options.reading import read_options
from app.project.loading import SECRETS
from app.toml_edit.writing import create_file

OPTIONS = "assay.toml"
_SECRETS_MODE = 0o600
_PROFILE_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What is to be written, and what the reader should know about it.

    Attributes:
        contents: each file's bytes, by its name as seen from the folder.
        notes: sentences.
    """

    contents: Mapping[str, bytes]
    notes: tuple[str, ...] = ()

    def write(self, root: Path) -> None:
        """Writes the files into a folder, one for secrets so that nobody else reads it.

        Raises:
            ArgumentError: one of them is there by now, or cannot be written.
        """
        for name, raw in self.contents.items():
            create_file(root / name, raw, _SECRETS_MODE if name == SECRETS else _PROFILE_MODE)


def adopt_code(root: Path, call: str = "") -> Adopted:
    """Each application's `assay.toml` from the arguments of its `Dynaconf(…)` call, which is not run.

    Where none is called, it names the project's settings class (pydantic-settings), if there is one.

    Args:
        root: the folder to search.
        call: the place of the one call that counts, `PATH:LINE`; empty for all.

    Raises:
        ArgumentError: a project has options already, or there is no such call.
    """
    root = root.resolve()
    refuse_existing(root, "assay.toml")
    made = None if call or find_calls(root) else model_options(root)
    if made:
        return Adopted(contents={"assay.toml": encoded(made[0], "assay.toml")}, notes=tuple(made[1]))
    found = [chosen_call(call, root)] if call else services(root)
    for one in found:
        refuse_existing(one.root, "assay.toml")
    contents: dict[str, bytes] = {}
    notes: list[str] = []
    for one in found:
        reading = read_call(one.call, one.root)
        name = (one.root / "assay.toml").relative_to(root).as_posix()
        contents[name] = encoded(options_text(reading), "assay.toml")
        notes += noted(reading, one.others if one is found[-1] else ())
    return Adopted(contents=contents, notes=tuple(notes))


def options_text(reading: Reading) -> str:
    """The options as `assay.toml` has them, and what is left for people to write."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"From the Dynaconf call in {reading.call.place}."))
    for unread in reading.unread:
        document.add(tomlkit.comment(f"{unread.name} is computed there, in line {unread.span.line}: write it here."))
    for name, value in reading.options.items():
        document.add(name, "@none" if value is None else value)
    return tomlkit.dumps(document)


def refuse_existing(root: Path, name: str) -> None:
    """Lets a name pass that no file bears.

    Raises:
        ArgumentError: one does, or the project has options already.
    """
    if is_there(root / name):
        raise ArgumentError(f"{name} exists already; nothing was written.", fix=f"Move {name} away first.")
    if name == "assay.toml" and is_there(root / "pyproject.toml") and read_options(root).stated:
        raise ArgumentError("pyproject.toml has [tool.assay] already.", fix="Edit the options there.")


def encoded(text: str, name: str) -> bytes:
    """The bytes of what is to be written.

    Raises:
        ArgumentError: it holds half a character, which no file can hold.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        message = f"{name} cannot be written: a value holds half a character, which UTF-8 does not know."
        raise ArgumentError(message, fix="Correct the value where it stands.") from None
