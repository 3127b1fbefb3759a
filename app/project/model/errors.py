"""Why a model cannot be asked, and what to do about it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import Signals

from msgspec import Struct

from app.core import dsn
from app.core.errors import ProjectError, did_you_mean
from app.core.limits import ANSWER, Limit
from app.core.opening import exists
from app.project.model.interpreter import Interpreter
from app.project.model.ipc import Silence
from app.project.model.replies import ModelRefusal

_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_VARIABLE = re.compile(r"'([A-Z]+(?:_[A-Z]+)+)'")


class ModelError(ProjectError):
    """The project's model cannot be asked.

    Attributes:
        said: what the project's own code said, as it stands in the message; it may be a secret, or a part of one.
        names: words in it that no secret stands behind: of modules, and of variables.
    """

    said: str = ""
    names: tuple[str, ...] = ()


class ModelAddress(Struct, frozen=True, kw_only=True):
    """What could not be asked, and where."""

    module: str
    name: str
    root: Path
    place: Interpreter
    seconds: float

    @property
    def spelled(self) -> str:
        """The model as the option names it."""
        return f"{self.module}:{self.name}"

    @property
    def interpreter(self) -> str:
        """The interpreter as messages name it."""
        shown = relative(self.place.interpreter, self.root)
        return f"Assay's own interpreter, {shown}" if self.place.borrowed else shown

    def error(self, what: str, fix: str, *, said: str = "", file: str = "", line: int = 0) -> ModelError:
        """The error, at a place in the project's own files where there is one."""
        origin = _origin(relative(Path(file), self.root), line) if file and line else None
        error = ModelError(f"The model {self.spelled!r} {what}", fix=fix, origin=origin)
        error.said = said
        return error


def _origin(file: str, line: int) -> dict[str, object] | None:
    if Path(file).is_absolute():
        return None
    return {"kind": "file", "file": file, "line": line, "column": 1, "end_line": line, "end_column": 1, "section": None}


def relative(path: Path, root: Path) -> str:
    """A path as the project's people know it: relative to the root where that is near, with `/`."""
    for depth, folder in enumerate((root, *root.parents)):
        if path.is_relative_to(folder) and folder != Path(folder.anchor) and (depth == 0 or exists(folder / ".git")):
            return ("../" * depth + path.relative_to(folder).as_posix()).removesuffix("/.")
    return str(path)


def not_run(subject: ModelAddress, error: OSError) -> ModelError:
    """The interpreter cannot be run."""
    dangling = subject.place.interpreter.is_symlink() and not exists(subject.place.interpreter)
    reason = "it is a link to nothing" if dangling else (error.strerror or type(error).__name__).lower()
    folder = relative(subject.place.interpreter.parent.parent, subject.root)
    fix = "Install Assay again." if subject.place.borrowed else f"Make the virtual environment {folder} anew."
    return subject.error(f"cannot be imported: {subject.interpreter} cannot be run: {reason}.", fix)


def too_old(subject: ModelAddress) -> ModelError:
    """The interpreter does not know the script that asks."""
    version = ".".join(map(str, subject.place.version))
    what = f"cannot be imported: {subject.interpreter} is Python {version}; models are asked from Python 3.8 on."
    return subject.error(what, "Make the virtual environment with a newer Python.")


def too_large(subject: ModelAddress, beyond: Limit) -> ModelError:
    """The model has more than is read, once its references are followed."""
    return subject.error(f"answers too much: its JSON Schema {beyond.breach}.", "Name a smaller model.")


def silent(subject: ModelAddress, silence: Silence) -> ModelError:
    """The process gave no answer."""
    if silence.hangs:
        file, line = _last_own(silence.trace, subject)
        where = f"; it stood at {relative(Path(file), subject.root)}:{line}" if file else ""
        what = f"hangs: nothing came of it in {subject.seconds:g} seconds{where}."
        return subject.error(what, "Keep what waits out of its import.", file=file, line=line)
    if silence.floods:
        what = f"answers too much: its JSON Schema is larger than {ANSWER.figure >> 20} MB."
        return subject.error(what, "Name a smaller model.")
    how, printed = _ended(silence), _printed(silence)
    what = f"ends its process: {how}{'; it last printed: ' + printed if printed else ''}."
    return subject.error(what, f"Import it with {subject.interpreter} to see why.", said=printed)


def _ended(silence: Silence) -> str:
    status = silence.status
    how = "it closed its streams" if status is None else f"exit status {status}"
    if status is not None and status < 0:
        how = f"signal {-status}"
        if -status in set(Signals):
            how = Signals(-status).name
    return how


def _printed(silence: Silence) -> str:
    """The last line that the process printed."""
    lines = [line.strip() for line in silence.printed.splitlines() if line.strip()]
    return dsn.mask(lines[-1])[:300] if lines else ""


def _last_own(trace: str, subject: ModelAddress) -> tuple[str, int]:
    """The innermost place in the project's own files; Python tells that one first."""
    folders = (*subject.place.folders, *subject.place.above)
    for found in _FRAME.finditer(trace):
        path = Path(found["file"])
        if "site-packages" not in path.parts and any(path.is_relative_to(folder) for folder in folders):
            return found["file"], int(found["line"])
    return "", 0


def odd(subject: ModelAddress) -> ModelError:
    """The process answered, and nothing that can be understood."""
    what = "answers what nobody can read: something in its process speaks in our script's place."
    return subject.error(what, f"Import it with {subject.interpreter} to see what it does.")


def refused(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    """What the process itself found wrong."""
    told = _REFUSALS.get(said.kind)
    return told(subject, said) if told else odd(subject)


def _no_pydantic(subject: ModelAddress, _: ModelRefusal) -> ModelError:
    return subject.error(
        f"needs Pydantic, which {subject.interpreter} does not have.",
        "Install pydantic, and what else the model imports, in the project's virtual environment.",
    )


def _no_module(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    folders = ", ".join(relative(one, subject.root) for one in (*subject.place.folders, *subject.place.above))
    what = f"cannot be imported: there is no module {said.missing!r} in {folders}, nor in {subject.interpreter}."
    return subject.error(what, "Correct the option 'schema': package.module:Model, seen from the project's folder.")


def _no_attribute(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    fix = did_you_mean(subject.name, said.known) or "Name a class that inherits from Pydantic's BaseModel."
    return subject.error(f"is not there: {subject.module} has no {subject.name!r}.", fix)


def _no_model(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    fix = "Name a class that inherits from Pydantic's BaseModel, not an instance of one."
    return subject.error(f"is no Pydantic model; what stands there is of the type {said.found!r}.", fix)


def _raised(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    where = _where(subject, said)
    text = " ".join(dsn.mask(said.message).split())[:500]
    what = f"cannot be imported: {said.exception}{where}{': ' + text if text else ''}"
    fix = f"Mend what it says; {subject.interpreter} imported it, without the variables of any environment."
    if said.missing:
        fix = f"Install {said.missing!r} for {subject.interpreter}."
        fix += " The project has no virtual environment (.venv, venv, env)." if subject.place.borrowed else ""
    error = subject.error(f"{what}.", fix, said=text, file=said.file, line=said.line)
    error.names = tuple(name for name in (said.missing, *_variables(said)) if name)
    return error


def _variables(said: ModelRefusal) -> list[str]:
    """The variables that were looked for, and are not there."""
    return _VARIABLE.findall(said.message) if said.exception == "KeyError" else []


def _exit(subject: ModelAddress, said: ModelRefusal) -> ModelError:
    status = dsn.mask(said.status)
    what = f"cannot be imported: it ends the process{_where(subject, said)} (exit status {status})."
    fix = "Keep sys.exit out of its import."
    return subject.error(what, fix, said=status, file=said.file, line=said.line)


def _where(subject: ModelAddress, said: ModelRefusal) -> str:
    return f" at {relative(Path(said.file), subject.root)}:{said.line}" if said.file else ""


_REFUSALS: Mapping[str, Callable[[ModelAddress, ModelRefusal], ModelError]] = {
    "no-pydantic": _no_pydantic,
    "no-module": _no_module,
    "no-attribute": _no_attribute,
    "no-model": _no_model,
    "raised": _raised,
    "exit": _exit,
}
