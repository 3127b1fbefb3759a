"""`.env` files, read by the reader that Dynaconf carries, so that Assay sees what the application sees."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from dynaconf.vendor.dotenv.parser import Reader, parse_binding
from msgspec import Struct
from msgspec.structs import replace

from app.core import limits
from app.core.findings import Fault
from app.core.layers import Origin, Span
from app.core.opening import Bounds, OutsideError, exists, is_folder, is_there, read_file, remedy, why
from app.options import Options
from app.sources.files import base_folder, bounds
from app.sources.overrides import SUFFIX, loads_dotenv
from app.sources.selection import looked_up_first

NOTHING: Mapping[str, str] = MappingProxyType({})
_USUAL = ".env"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_PLAIN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=([^\s#'\"]*)\n")
"""A line that says the same to every reader: Dynaconf's takes twenty times as long for it."""
COMPLETE = "Write NAME=value, with a value's quotation mark closed, or take the line out."


class DotenvVariable(Struct, frozen=True, kw_only=True):
    """One variable of a `.env` file.

    Attributes:
        value: its text, references resolved.
        line: the line on which it begins.
        file: the file's name relative to the project's root.
        wins: whether it beats a variable of that name which the process has already (`dotenv_override`).
    """

    value: str
    line: int
    file: str = ".env"
    wins: bool = False


class DotenvFile(NamedTuple):
    """A `.env` file that is loaded.

    Attributes:
        name: relative to the project's root.
        wins: whether its variables beat those of the process.
        late: whether it is loaded after Dynaconf has looked up what it reads first.
    """

    name: str
    wins: bool = False
    late: bool = False


class Dotenv(Struct, frozen=True, kw_only=True):
    """What a project's `.env` files set, and what is wrong with them."""

    variables: Mapping[str, DotenvVariable]
    faults: tuple[Fault, ...] = ()

    def counting(self, environ: Mapping[str, str]) -> dict[str, DotenvVariable]:
        """The variables that a process with these variables takes from the files."""
        return {name: found for name, found in self.variables.items() if found.wins or name not in environ}

    def over(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The variables of a process with these, once the files are loaded."""
        return {**environ, **{name: found.value for name, found in self.counting(environ).items()}}


def dotenv_files(
    root: Path, options: Options, environ: Mapping[str, str] = NOTHING, *, once: bool = False
) -> list[DotenvFile]:
    """The `.env` files that are loaded, in their order.

    The usual `.env` is loaded even where `dotenv_path` names another; a variable that one file sets stays as it is.

    Args:
        root: the project's folder.
        options: the project's.
        environ: the process's variables.
        once: whether that one alone is loaded, as Flask's extension has it.

    Source: `LazySettings.configure` and `default_settings.start_dotenv` of Dynaconf 3.3.5.
    """
    if not loads_dotenv(options, environ):
        return []
    stated = environ.get("DOTENV_PATH_FOR_DYNACONF")
    first = stated or _found(root, [root])
    if not options.load_dotenv:  # the variable's word alone
        return [DotenvFile(first)]
    named = options.dotenv_path if "dotenv_path" in options.stated else None
    second = named or stated or _found(root, [base_folder(root, options), root])
    is_late = once and not environ.get(f"LOAD_DOTENV{SUFFIX}")
    return [*([] if is_late else [DotenvFile(first)]), DotenvFile(second, wins=options.dotenv_override, late=True)]


def _found(root: Path, folders: Sequence[Path]) -> str:
    """The usual `.env`, or the one in a `config/`, relative to the root."""
    places = [place / _USUAL for folder in folders for place in (folder, folder / "config")]
    found = next((place for place in places if exists(place)), root / _USUAL)
    return found.relative_to(root).as_posix() if found.is_relative_to(root) else found.as_posix()


def read_dotenv(root: Path, options: Options, environ: Mapping[str, str], *, once: bool = False) -> Dotenv:
    """What the project's `.env` files set; nothing where there is none, and a fault where one cannot be read.

    Args:
        root: the project's folder.
        options: the project's.
        environ: the process's variables, which `${NAME}` finds first.
        once: as for `dotenv_files`.
    """
    variables: dict[str, DotenvVariable] = {}
    faults: list[Fault] = []
    for name, wins, late in dotenv_files(root, options, environ, once=once):
        text, fault = _read(root / name, name, bounds(root, options))
        said = dotenv_of(text, name, Dotenv(variables=variables).over(environ))
        told = [fault] if fault else said.faults
        faults += [fault for fault in told if fault not in faults]
        too_late = looked_up_first(options) if late else frozenset()
        for variable, found in said.variables.items():
            if (wins or variable not in variables) and variable not in too_late:
                variables[variable] = replace(found, wins=wins) if wins else found
    return Dotenv(variables=variables, faults=tuple(faults))


def dotenv_of(text: str, name: str, environ: Mapping[str, str]) -> Dotenv:
    """What a `.env` text sets, and what of it Dynaconf's reader loses.

    Args:
        text: what it says.
        name: its file's, relative to the project's root.
        environ: what `${NAME}` finds first.
    """
    variables, endless = _resolved(text, environ, name)
    faults = [
        *islice((_marked if text.startswith(BOM) else _left_out)(text, name), limits.FINDINGS.figure + 1),
        *(_too_long(name, line) for line in islice(endless, 1)),
    ]
    return Dotenv(variables=variables, faults=tuple(faults))


def _read(path: Path, name: str, within: Bounds) -> tuple[str, Fault | None]:
    """A file's text, empty where it cannot be read, and why it cannot."""
    if not is_there(path) or is_folder(path):  # a virtual environment may bear the name
        return "", None
    try:
        raw = read_file(path, within)
        return raw.decode(), None
    except OSError as error:
        rule = "SRC026" if isinstance(error, OutsideError) else "SRC001"
        fix = remedy(error, "Make it a readable file.")
        return "", _fault(rule, name, 1, f"{name} cannot be read: {why(error)}.", fix, "cannot be read")
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8: byte 0x{raw[error.start]:02x}."
        line = raw.count(b"\n", 0, error.start) + 1
        return "", _fault("SRC003", name, line, message, "Save it as UTF-8.", "is not UTF-8")


def _marked(text: str, name: str) -> Iterator[Fault]:
    """A byte-order mark: stock Dynaconf starts with it, and without the first variable."""
    lost = next(iter(parse_dotenv(text.removeprefix(BOM), {})), None)
    message = f"{name} begins with a byte-order mark, which Dynaconf takes for a part of the first name"
    message += f": {lost} is not set." if lost else "."
    yield _fault("SRC003", name, 1, message, "Save it as UTF-8 without a byte-order mark.", None)


def _left_out(text: str, name: str) -> Iterator[Fault]:
    """The lines that Dynaconf's reader cannot read; it leaves them out, and the application starts without them."""
    for line in unread_lines(text):
        message = f"{name}:{line} is no NAME=value, and Dynaconf leaves it out: what it was to set is not set."
        yield _fault("ENV002", name, line, message, COMPLETE, None)


def unread_lines(text: str) -> Iterator[int]:
    """The lines that are no statements."""
    return (statement.line for statement in _statements(text) if statement.is_lost)


def _fault(rule: str, name: str, line: int, message: str, fix: str, hides: str | None) -> Fault:
    span = Span(line=line, column=1, end_line=line, end_column=1)
    return Fault(rule=rule, message=message, fix=fix, origin=Origin(kind="file", file=name, span=span), hides=hides)


class _Statement(NamedTuple):
    """A statement of a text: the line on which it begins, and whether Dynaconf's reader leaves it out."""

    name: str | None
    value: str | None
    line: int
    is_lost: bool = False


@lru_cache(maxsize=1)
def _statements(text: str) -> tuple[_Statement, ...]:
    """The statements of a text, as Dynaconf's reader reads them; the last text is asked for again and again."""
    reader = Reader(StringIO(text))  # type: ignore[no-untyped-call]
    return tuple(_each(reader))


def _each(reader: Reader) -> Iterator[_Statement]:
    at = reader.position
    while at.chars < len(reader.string):
        if plain := _PLAIN.match(reader.string, at.chars):
            yield _Statement(plain[1], plain[2], at.line)
            at.chars, at.line = plain.end(), at.line + 1
        else:
            name, value, (said, line), is_lost = parse_binding(reader)  # type: ignore[no-untyped-call]
            blank = said[: len(said) - len(said.lstrip())]
            yield _Statement(name, value, line + blank.count("\n"), is_lost)


def parse_dotenv(text: str, environ: Mapping[str, str]) -> dict[str, DotenvVariable]:
    """The variables of a `.env` text, references resolved; of two lines for one name the later counts."""
    return _resolved(text, environ, _USUAL)[0]


def _resolved(text: str, environ: Mapping[str, str], file: str) -> tuple[dict[str, DotenvVariable], list[int]]:
    """The variables, and the lines of those that would be too long."""
    stated = {one.name: one for one in _statements(text) if one.name is not None and one.value is not None}
    found: dict[str, DotenvVariable] = {}
    endless: list[int] = []
    left = limits.EXPANSION.figure
    for name, statement in stated.items():
        said = statement.value or ""
        value = _expanded(said, found, environ, left) if "${" in said else said
        if value is None:
            endless.append(statement.line)
            continue
        left -= len(value) if value != said else 0
        found[name] = DotenvVariable(value=value, line=statement.line, file=file)
    return found, endless


def _too_long(name: str, line: int) -> Fault:
    """References that double what they refer to."""
    message = f"{name}:{line} refers to so much that the texts have more than {limits.EXPANSION}; it is left out."
    return _fault("SRC027", name, line, message, "Refer to less.", limits.EXPANSION.breach)


def _expanded(text: str, found: Mapping[str, DotenvVariable], environ: Mapping[str, str], most: int) -> str | None:
    """The text with what its references say; None where that is longer than it may be. Each character is read once."""
    pieces: list[str] = []
    length = 0
    for piece, default in _pieces(text):
        earlier = found.get(piece)
        said = piece if default is None else environ.get(piece, earlier.value if earlier else default)
        length += len(said)
        if default is not None and length > most:
            return None
        pieces.append(said)
    return "".join(pieces)


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Plain pieces with None, references (`${NAME}`, `${NAME:-default}`) by their name with their default."""
    plain, at, end = 0, text.find("${"), -1
    while at >= 0:
        end = text.find("}", at) if end < at else end
        if end < 0:
            break
        colon = text.find(":", at, end)
        if colon < 0 or text[colon + 1] == "-":
            yield text[plain:at], None
            yield text[at + 2 : end if colon < 0 else colon], "" if colon < 0 else text[colon + 2 : end]
            plain = end + 1
        at = text.find("${", max(plain, at + 2))
    yield text[plain:], None
