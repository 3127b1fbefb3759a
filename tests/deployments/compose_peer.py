"""What Assay and Compose each say that the services of a project are given, side by side."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from compose_projects import ComposeProject

from app.deployments.compose import Services, read_services
from app.deployments.expanding import Allowance

COMPOSE = shutil.which("docker-compose")
MISSING = "there is no docker-compose 2: install it (Debian 13 and newer: apt install docker-compose)"

type Given = Mapping[str, Mapping[str, str | None]]
"""The variables of services, by name; None for one that is unset, or the operator's."""


def read(project: ComposeProject) -> Services:
    texts = {name: project.files[name] for name in project.composed}
    return read_services(texts, project.files.get, Allowance())


def stock(project: ComposeProject, folder: Path, profiles: Sequence[str] = ("*",)) -> Given | str:
    """What Compose gives the services; what it says where it refuses."""
    for name, text in project.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    files = [word for name in project.composed for word in ("-f", name)]
    command = [COMPOSE or "", *files, *(f"--profile={one}" for one in profiles), "config", "--format", "json"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder / "home")}
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if ran.returncode:
        return ran.stderr.strip().splitlines()[-1]
    services = json.loads(ran.stdout)["services"]
    return {name: _unescaped(one.get("environment") or {}) for name, one in services.items()}


def _unescaped(environment: Mapping[str, str | None]) -> Mapping[str, str | None]:
    return {key.replace("$$", "$"): text and text.replace("$$", "$") for key, text in environment.items()}


def own(found: Services) -> Given:
    return {one.label.removeprefix("service "): {name: said.value for name, said in one.effective.items()}
            for one in found.runners}  # fmt: skip


def complaints(found: Services, said: Given | str) -> list[str]:
    """Where the two disagree."""
    dates = [fault for fault in found.faults if "is a date" in fault.message]  # refused, but for some that are merged
    refusals = [fault for fault in found.faults if fault.rule in {"DEP002", "DEP009"}]
    if isinstance(said, str) or any("" in one for one in said.values()):
        return [] if refusals or dates or "required variable" in str(said) else [f"not told: {said}"]
    mine = own(found)
    if any(" " in name for given in said.values() for name in given):  # taken, and no variable of any process
        return [] if refusals else ["not told: a name with spaces"]
    told = [f"false alarm: {fault.rule} {fault.message}" for fault in refusals]
    told += [f"other services: {mine.keys()} {said.keys()}"] if mine.keys() != said.keys() else []
    for service, given in said.items():
        for name in {**given, **mine.get(service, {})}:
            one, other = mine.get(service, {}).get(name), given.get(name)
            if (one != other and one is not None) or (name in given and name not in mine.get(service, {})):
                told.append(f"{service} {name}: {one!r}, and Compose {other!r}")
    return told


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A project, and what Compose 2.40.3 says that its services are given; None where it refuses it."""

    name: str
    composed: list[str]
    files: dict[str, str]
    given: Given | None

    @property
    def project(self) -> ComposeProject:
        """The project."""
        return ComposeProject(files=self.files, composed=self.composed)


ANSWERED = msgspec.json.decode(Path(__file__).with_name("compose_answers.json").read_bytes(), type=list[Answered])
