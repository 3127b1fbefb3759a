"""The law of fixes: followed to the letter, each ends its finding, adds no error and takes no key away.

A fix is followed as a program would: its edit is made, what it leaves to people is filled with a fitting value, and
where the finding then asks for another edit (a file that had to be loaded first, a secret that stands elsewhere too)
that one is made as well.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import tomlkit
from msgspec.structs import replace

from app.checking.check import validate
from app.core.errors import AssayError
from app.core.layers import fold, parse_key
from app.editing.apply import applied
from app.editing.fix import about, all_findings, losses, new_errors
from app.project.workspace import Workspace
from app.reports import wire

MOST_STEPS = 3

_UNCOVERING = frozenset({"SRC020", "SRC024"})
"""Rules about values that nobody gets: with their fix the values are there, and so is what is wrong with them."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A fix that was followed.

    Attributes:
        complaint: what is wrong with it; empty where the law holds.
        after: the project as it is then.
        edit: the last edit that was made.
        value: what it set; None where it set nothing.
    """

    complaint: str
    after: Workspace
    edit: wire.FixEdit | None = None
    value: Any = None


def follow(
    workspace: Workspace, before: wire.Report, finding: wire.ReportedFinding, random: Random, make: "Make | None" = None
) -> Followed:
    """The project with the fix followed, and what the law says to it; `make` makes edits otherwise than `made`."""
    now, report, said = workspace, before, finding
    for _ in range(MOST_STEPS):
        if not said.edit:
            return Followed(complaint="the finding stays, and its fix is advice then", after=now)
        step = _step(now, before, report, said, random, make or made)
        if isinstance(step, str):
            return Followed(complaint=step, after=now)
        now, report, value = step
        left = [one for one in all_findings(report) if about(one) == about(finding)]
        if len(left) < _count(before, finding):
            kept = said.edit.kind == "unset" and said.key
            lost = [f"{name} lost {key}" for name, key in losses(workspace, now) if not kept or key != said.key]
            return Followed(complaint="; ".join(lost), after=now, edit=said.edit, value=value)
        said = left[0]
    return Followed(complaint=f"the finding stays after {MOST_STEPS} edits: {said.fix}", after=now)


def _count(report: wire.Report, finding: wire.ReportedFinding) -> int:
    return Counter(about(one) for one in all_findings(report))[about(finding)]


type Make = Callable[[Workspace, wire.FixEdit, Any], Workspace]
"""Makes an edit with a value."""

type _Step = tuple[Workspace, wire.Report, Any]


def _step(
    now: Workspace, before: wire.Report, report: wire.Report, said: wire.ReportedFinding, random: Random, make: Make
) -> _Step | str:
    """One edit made, with the first value that fits; where the finding stays it has to ask for another edit then."""
    reasons: list[str] = []
    assert said.edit
    for value in _values(said.edit, random):
        try:
            after = make(now, said.edit, value)
            then = validate(after)
        except AssayError as error:
            reasons.append(f"the edit cannot be made: {error.message}")
            continue
        new = [] if said.rule in _UNCOVERING else new_errors(before, then)
        if new := [one for one in new if not _is_brought_back(now, one)]:
            reasons.append(f"it adds {new[0].rule} {new[0].environment}: {new[0].message}")
        elif _count(then, said) >= _count(report, said) and not _asks_for_more(then, said):
            reasons.append("the finding stays")
        else:
            return after, then, value
    return reasons[0]


def _is_brought_back(before: Workspace, error: wire.ReportedFinding) -> bool:
    """Whether an error is about a key that the environment has again: the fault was there, and hidden."""
    path = parse_key(error.key or "")
    return bool(error.environment and path) and not any(before.tree(str(error.environment)).below(path or ()))


def _asks_for_more(report: wire.Report, said: wire.ReportedFinding) -> bool:
    left = [one for one in all_findings(report) if about(one) == about(said)]
    return bool(left and left[0].edit) and _target(left[0].edit) != _target(said.edit)


def _target(edit: Any) -> tuple[object, ...]:
    return edit.kind, edit.file, edit.section, edit.key


def made(workspace: Workspace, edit: wire.FixEdit, value: Any) -> Workspace:
    """The project with the edit made; a variable is set in the process."""
    if edit.kind == "variable":
        text = said_text(edit, value, workspace.environ)
        return replace(workspace, environ={**workspace.environ, edit.key: text})
    if edit.kind == "unset" and edit.file is None:
        return replace(workspace, environ={name: text for name, text in workspace.environ.items() if name != edit.key})
    return applied(workspace, edit, value).workspace


def said_text(edit: wire.FixEdit, value: Any, environ: Mapping[str, str]) -> str:
    """What an edit of a variable gives it; `environ` is what stands there."""
    text = shlex.split(edit.text.partition("=")[2])[0]
    if text == "@merge …":  # before what the variable says, which is not for everybody's eyes
        value = environ.get(edit.key, value)
    return text.replace("…", str(value)) if edit.value is None and not isinstance(value, list) else text


def _values(edit: wire.FixEdit, random: Random) -> Iterator[Any]:
    """What may stand where the edit leaves it to people, the likeliest first."""
    if edit.value is not None or edit.kind == "unset":
        yield edit.value
        return
    token = "".join(random.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789", k=64))
    sample = '"…"' if edit.kind == "variable" else edit.text.rpartition("\n")[2].partition("=")[2].strip()
    yield from _like(sample, token)
    yield from (8, 10, 30, 1, 100, 1000, 0.5, True, False, "info", "https://pay.example.com/v1", "/srv/run", {}, [])


def _like(sample: str, token: str) -> Iterator[Any]:
    sample = '"…"' if sample in {"…", ""} else sample
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


def set_path(followed: Followed, workspace: Workspace) -> str | None:
    """The key that the last edit set, as `at` takes it; None where it set none."""
    edit, options = followed.edit, workspace.project.options
    if edit is None or edit.kind not in {"set", "variable"} or not options.separator:
        return None
    if edit.key.rpartition(".")[2].startswith("dynaconf_"):
        return None  # a marker is told to Dynaconf, and never seen
    if isinstance(followed.value, str) and followed.value.startswith("@") and not followed.value.startswith("@reset "):
        return None  # what a token becomes depends on what is there
    if edit.kind == "set":
        return ".".join(edit.key.split(options.separator))
    prefix = next((f"{name}_" for name in options.prefixes or () if edit.key.startswith(f"{name}_")), None)
    return ".".join(edit.key.removeprefix(prefix).split(options.separator)) if prefix else None


def intended(followed: Followed) -> Any:
    """The value that an application is to get, without the words that keep a list from growing."""
    value, edit = followed.value, followed.edit
    if edit and edit.kind == "variable" and edit.value is None and isinstance(value, str):
        text = shlex.split(edit.text.partition("=")[2])[0].replace("…", value)
        return tomlkit.parse(f"value = {text}").unwrap()["value"] if text[:1] in {"[", "{", '"'} else text
    if isinstance(value, str) and value.startswith("@reset "):
        return tomlkit.parse(f"value = {value.removeprefix('@reset ')}").unwrap()["value"]
    return value


def told(finding: wire.ReportedFinding, done: Followed) -> tuple[Any, ...]:
    """What a failure says."""
    return finding.rule, finding.environment, finding.key, finding.edit, done.complaint
