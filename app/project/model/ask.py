"""Asks a project's model what it looks like, and what it says about the values of every environment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.modelling.described import schema_excess
from app.project.model.errors import ModelAddress, not_run, odd, refused, silent, too_large, too_old
from app.project.model.interpreter import find_place, module_files, scrubbed
from app.project.model.ipc import Conversation, Silence, conversation
from app.project.model.replies import ModelComplaint, ModelDescription, ModelReply, ModelVerdicts, read
from app.project.model.values import encoded

SECONDS = 30.0
"""How long a model may take."""

_GRACE = 2.0
_OLDEST = (3, 8)
_PACKAGES = Path(__file__).parents[3]
_GUARDIAN = Path(__file__).with_name("guardian.py")
_RUNNER = Path(__file__).with_name("runner.py")


class ModelInput(Struct, frozen=True, kw_only=True):
    """What one environment runs with.

    Attributes:
        values: tables in tables, as the application gets them.
        production: whether it is production-like; the model's validators are told.
        environ: the variables that it is known to have; validators find them in `os.environ`.
    """

    values: Mapping[str, Any]
    production: bool
    environ: Mapping[str, str] = {}


class ModelAnswer(Struct, frozen=True, kw_only=True):
    """What a model said.

    Attributes:
        schema: its JSON Schema.
        names: the top-level keys that it takes, for each field every name that it has.
        files: the project's own Python files that it consists of.
        errors: for each environment asked about, Pydantic's errors.
    """

    schema: Mapping[str, Any]
    names: tuple[tuple[str, ...], ...]
    files: tuple[str, ...]
    errors: tuple[Sequence[ModelComplaint], ...] = ()


type Choose = Callable[[ModelAnswer], Sequence[ModelInput]]


def ask(
    schema: str, root: Path, environ: Mapping[str, str], choose: Choose, *, seconds: float = SECONDS
) -> ModelAnswer:
    """Imports a model in a process of its own, and asks it.

    Args:
        schema: `package.module:Model`.
        root: the project's root; the process works there.
        environ: of these variables it gets those without which no program runs.
        choose: the environments to ask about, knowing what the model looks like; perhaps none.
        seconds: how long it may take.

    Raises:
        ModelError: it cannot be imported, is no model, hangs, or ends the process.
    """
    module, _, name = schema.partition(":")
    subject = ModelAddress(module=module, name=name, root=root, place=find_place(root), seconds=seconds)
    if () < subject.place.version < _OLDEST:
        raise too_old(subject)
    command = [str(subject.place.interpreter), "-I", "-B", str(_GUARDIAN), str(_RUNNER)]
    try:
        with conversation(command, root, scrubbed(environ), seconds + _GRACE) as process:
            return _asked(subject, process, choose)
    except Silence as silence:
        raise silent(subject, silence) from None
    except OSError as error:
        raise not_run(subject, error) from None


def model_files(schema: str, root: Path) -> list[Path]:
    """The files on which it depends whether a model can be asked, as far as nobody has."""
    return module_files(find_place(root), schema.partition(":")[0])


def _asked(subject: ModelAddress, process: Conversation, choose: Choose) -> ModelAnswer:
    process.say(_request(subject, process.nonce))
    said = _heard(subject, process, ModelDescription)
    if beyond := schema_excess(said.schema):
        raise too_large(subject, beyond)
    answer = ModelAnswer(schema=said.schema, names=tuple(map(tuple, said.names)), files=tuple(said.files))
    environments = choose(answer)
    if not environments:
        return answer
    values = [
        {"values": encoded(one.values), "production": one.production, "environ": dict(_settable(one.environ))}
        for one in environments
    ]
    process.say({"environments": values})
    judged = _heard(subject, process, ModelVerdicts)
    if len(judged.environments) != len(environments):
        raise odd(subject)
    return replace(answer, errors=tuple(judged.environments))


def _settable(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The variables that can be handed on: what is no Unicode is none that a validator would ask for."""
    for name, text in environ.items():
        with suppress(UnicodeEncodeError):
            if name and b"=" not in name.encode() and b"\0" not in f"{name}{text}".encode():
                yield name, text


def _request(subject: ModelAddress, nonce: str) -> dict[str, Any]:
    folders = (*subject.place.folders, *subject.place.above)
    return {
        "nonce": nonce,
        "module": subject.module,
        "model": subject.name,
        "folders": [str(folder) for folder in subject.place.folders],
        "above": [str(folder) for folder in subject.place.above],
        "assay": "" if _PACKAGES in folders else str(_PACKAGES),
        "seconds": subject.seconds,
    }


def _heard[S: Struct](subject: ModelAddress, process: Conversation, kind: type[S]) -> S:
    """The process's next answer, which is of that kind."""
    said = process.hear()
    answer = read(said, ModelReply)
    if answer and answer.error:
        raise refused(subject, answer.error)
    found = read(said, kind)
    if found is None:
        raise odd(subject)
    return found


__all__ = ["SECONDS", "Choose", "ModelAnswer", "ModelInput", "ask", "model_files"]
