"""The law of edits, asked of stock Dynaconf: nothing but the named key changes."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edited_projects import Edited
from stock import Question, Stock, canonical

from app.core.errors import AssayError
from app.core.layers import parse_key
from app.editing.edits import edit
from app.editing.proposed_edit import Assignment, Removal
from app.editing.set_value import assigned
from app.editing.unset_value import removed
from app.project.workspace import open_workspace
from app.reports.edit import EditReport


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an edit, and what is wrong with that; `kind` is `written`, `refused`, `impossible` or `unfit`."""

    kind: str
    wrong: str = ""
    said: str = ""


def outcome(stock: Stock, folder: Path, case: Edited) -> Outcome:
    """Makes the edit, and holds what stock gives before and after side by side."""
    case.write(folder)
    files = _bytes(folder)
    before = _asked(stock, folder, case)
    if None in before.values():
        return Outcome(kind="unfit")
    try:
        document = _made(folder, case)
    except AssayError as error:
        return Outcome(kind="impossible", said=f"{error.message} {error.fix}", wrong=_kept(files, folder))
    if not document.written:
        kind = "refused" if document.refusal else "same"
        return Outcome(kind=kind, said=document.refusal or "", wrong=_kept(files, folder))
    return Outcome(kind="written", wrong=_wrong(case, document, before, _asked(stock, folder, case)))


def _made(folder: Path, case: Edited) -> EditReport:
    workspace = open_workspace(folder, case.environ)
    if case.text is None:
        removal = Removal(key=case.key, environment=case.environment)
        return edit(workspace, lambda now: removed(now, removal), "write")
    request = Assignment(key=case.key, text=case.text, environment=case.environment)
    return edit(workspace, lambda now: assigned(now, request), "write")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _kept(files: Mapping[str, bytes], folder: Path) -> str:
    return "" if _bytes(folder) == files else "it was refused, and something was written"


def _asked(stock: Stock, folder: Path, case: Edited) -> dict[str, Any]:
    questions = {
        name: Question(folder=folder, options=case.options, environ={"ENV_FOR_DYNACONF": name, "HOME": "/home"})
        for name in case.environments
    }
    return {name: stock.ask(question).values for name, question in questions.items()}


def _wrong(case: Edited, document: EditReport, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    key = parse_key(document.key)
    assert key is not None
    named = {change.environment for change in document.changes}
    for name in case.environments:
        if after[name] is None:
            return f"{name} does not start"
        path = _spelled([before[name], after[name]], key)
        if _without(before[name], path) != _without(after[name], path):
            return f"{name} has changed beside {document.key}\n  {before[name]}\n  {after[name]}"
        is_told = name in named or bool(case.environ) or "env[HOME]" in "".join(case.files.values())  # not known here
        if not is_told and _at(before[name], path) != _at(after[name], path):
            return f"{name} has another {document.key}, and nobody said so"
    if case.text is not None and case.environment in after and case.text in {"abc", "canary-new-9"}:
        got = _at(after[case.environment], _spelled([after[case.environment]], key))
        if got not in (canonical(case.text), [canonical(case.text)]):
            return f"{case.environment} has {got} at {document.key}"
    return ""


def _spelled(found: Sequence[Any], path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The key as it was named where some environment has it so, else as lower layers have it, whatever the case."""
    if any(_at(values, path) is not None for values in found):
        return path
    folded = tuple(part.lower() if isinstance(part, str) else part for part in path)
    there = (spelling for values in found for spelling in _spellings(values, folded))
    return next((spelling for spelling in there if any(_at(values, spelling) is not None for values in found)), folded)


def _spellings(node: Any, folded: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The paths of what is there under the key, its own spelling first."""
    if not folded:
        yield ()
    elif isinstance(node, dict):
        fitting = [key for key in node if key.lower() == folded[0]]
        for key in sorted(fitting, key=lambda key: key != folded[0]):
            yield from ((key, *rest) for rest in _spellings(node[key], folded[1:]))


def _at(values: Any, path: tuple[str | int, ...]) -> Any:
    for part in (str(path[0]).lower(), *path[1:]):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _without(values: Any, path: tuple[str | int, ...]) -> Any:
    """The values without the key, and without tables that nothing else is in."""
    values = copy.deepcopy(values)
    _cut(values, (str(path[0]).lower(), *path[1:]))
    return values


def _cut(node: Any, path: tuple[str | int, ...]) -> None:
    if not isinstance(node, dict) or path[0] not in node:
        return
    if len(path) == 1:
        del node[path[0]]
        return
    _cut(node[path[0]], path[1:])
    if node[path[0]] == {}:
        del node[path[0]]
