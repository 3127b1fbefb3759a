"""The law of fixes: followed to the letter, each ends its finding, adds no error and takes no key away.

A fix is followed as a program would: its edit is made, what it leaves to people is filled with a fitting value, and
where the finding then asks for another edit (a file that had to be loaded first, a secret that stands elsewhere too)
that one is made as well.
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import tomlkit
from msgspec.structs import replace

from app.diagnostics.applying import applied
from app.diagnostics.editing import added
from app.diagnostics.fixing import losses
from app.diagnostics.validation import validate
from app.diagnostics.workspace import Workspace
from app.errors import AssayError
from app.layers import fold, parse_key
from app.reports import wire

MOST_STEPS = 3


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A fix that was followed.

    Attributes:
        complaint: what is wrong with it; empty where the law holds.
        after: the project as it is then.
        value: what the last step set; None where it set nothing.
    """

    complaint: str
    after: Workspace
    value: Any = None


def all_findings(report: wire.Report) -> list[wire.Finding]:
    """Those of the project, then those of every environment."""
    return [*report.findings, *(finding for one in report.environments for finding in one.findings)]


def follow(workspace: Workspace, before: wire.Report, finding: wire.Finding, random: Random) -> Followed:
    """The project with the fix followed, and what the law says to it."""
    now, report, said = workspace, before, finding
    for _ in range(MOST_STEPS):
        if not said.edit:
            return Followed(complaint="the finding stays, and its fix is advice then", after=now)
        step = _step(now, before, report, said, random)
        if isinstance(step, str):
            return Followed(complaint=step, after=now)
        now, report, value = step
        left = [one for one in all_findings(report) if _mark(one) == _mark(finding)]
        if len(left) < _count(before, finding):
            kept = said.edit.kind == "unset" and said.key
            lost = [f"{name} lost {key}" for name, key in losses(workspace, now) if not kept or key != said.key]
            return Followed(complaint="; ".join(lost), after=now, value=value)
        said = left[0]
    return Followed(complaint=f"the finding stays after {MOST_STEPS} edits: {said.fix}", after=now)


def _mark(finding: wire.Finding) -> tuple[object, ...]:
    return finding.rule, finding.environment, (finding.key or "").casefold()


def _count(report: wire.Report, finding: wire.Finding) -> int:
    return Counter(_mark(one) for one in all_findings(report))[_mark(finding)]


type _Step = tuple[Workspace, wire.Report, Any]


def _step(now: Workspace, before: wire.Report, report: wire.Report, said: wire.Finding, random: Random) -> _Step | str:
    """One edit made, with the first value that fits."""
    why = "no value fits"
    assert said.edit
    for value in _values(said.edit, random):
        try:
            after = made(now, said.edit, value)
            then = validate(after)
        except AssayError as error:
            why = f"the edit cannot be made: {error.message}"
            continue
        if new := added(before, then):
            why = why if why != "no value fits" else f"it adds {new[0].rule} {new[0].environment}: {new[0].message}"
        elif said.edit.kind == "set" and said.edit.value is None and _count(then, said) >= _count(report, said):
            why = "with every value the finding stays"
            last: _Step = (after, then, value)
            if said.rule in {"SEC002", "DB012"}:  # what stands in the committed file is taken out next
                return last
        else:
            return after, then, value
    return why


def made(workspace: Workspace, edit: wire.Edit, value: Any) -> Workspace:
    """The project with the edit made; a variable is set in the process."""
    if edit.kind == "variable":
        text = shlex.split(edit.text.partition("=")[2])[0]
        text = text.replace("…", str(value)) if edit.value is None and not isinstance(value, list) else text
        return replace(workspace, environ={**workspace.environ, edit.key: text})
    if edit.kind == "unset" and edit.file is None:
        return replace(workspace, environ={name: text for name, text in workspace.environ.items() if name != edit.key})
    return applied(workspace, edit, value).workspace


def _values(edit: wire.Edit, random: Random) -> Iterator[Any]:
    """What may stand where the edit leaves it to people, the likeliest first."""
    if edit.value is not None or edit.kind == "unset":
        yield edit.value
        return
    token = "".join(random.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789", k=64))
    sample = edit.text.rpartition("\n")[2].partition("=")[2].strip()
    yield from _like(sample, token)
    yield from (8, 10, 30, 1, 100, 1000, 0.5, True, False, "info", "https://pay.example.com/v1", "/srv/run", {}, [])


def _like(sample: str, token: str) -> Iterator[Any]:
    if "reset" not in sample and (sample == "…" or not sample):
        return
    name = token[:8].lower()
    url = f"postgresql://{name}:{token}@db-{name}.example.org/{name}?sslmode=verify-full"
    digest = f"{int.from_bytes(token.encode()) % 2**256:064x}"
    texts = (token, f"db-{name}.example.org", url, token * 2, f"https://{name}.example.com", digest)
    for text in texts:
        try:
            yield tomlkit.parse(f"value = {sample.replace('…', text)}").unwrap()["value"]
        except ValueError:
            continue
        if "…" not in sample:
            return


def write(workspace: Workspace, root: Path) -> None:
    """Puts what the overlay of a project says into a folder."""
    for name, raw in workspace.project.overlay.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def at(values: Mapping[str, Any], key: str) -> Any:
    """What stands at a key of stock's answer, whatever its case; None where nothing does."""
    node: Any = values
    for part in fold(parse_key(key) or ()):
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
        else:
            table = node if isinstance(node, dict) else {}
            node = next((value for name, value in table.items() if name.casefold() == part), None)
    return node
