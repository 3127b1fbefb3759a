"""What is wrong with a project: with its files, with what they include, and with what selects its environment."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.application.arguments import option_of
from app.application.calls import DJANGO
from app.core.errors import did_you_mean
from app.core.findings import Fault
from app.core.layers import Origin
from app.options import Options
from app.sources.faults import (
    blocked,
    doubled_prefix,
    missing,
    no_own_profiles,
    not_toml,
    passed_over,
    stray_secrets,
    unknown_active,
    unread_secrets,
)
from app.sources.files import SourceFile, list_includes
from app.sources.globbing import Obstacle
from app.sources.includes import said_includes
from app.sources.near_files import example_name, near_name
from app.sources.selection import Selection, selected

if TYPE_CHECKING:
    from app.sources.project import Project


def faults_of(project: "Project") -> list[Fault]:
    """What is wrong with the options and the files: first the files that cannot be used."""
    files = [fault for entry in _named(project) for fault in _fault(project, entry)]
    broken = [document.fault for _, document in project.documents if document.fault]
    stray = [
        unread_secrets(path, project.root, project.options, project.options_file, project.speaking)
        for path in _stray_secrets(project)
    ]
    include = list_includes(project.root, project.options, project.first, [])
    obstacles = dict.fromkeys((*project.listed.obstacles, *include.obstacles))
    met = [_blocked(project, obstacle) for obstacle in obstacles]
    doubled = doubled_prefix(project.options, project.root, project.options_file, project.speaking)
    said = [*project.application.faults, *met, *project.loads_nothing, *doubled]
    rest = [*said, *files, *_missing_includes(project), *stray]
    return sorted([*broken, *rest], key=lambda fault: fault.hides is None)


def _named(project: "Project") -> list[SourceFile]:
    """What the options name, includes last; the names that they have by default may all be absent but for one."""
    said = "settings_files" in project.options.stated or not project.documents
    files = [entry for entry in project.entries if said or not entry.named]
    return [*files, *filter(_is_file, project.new_includes([]))]


def _is_file(entry: SourceFile) -> bool:
    """Whether an include is loaded as a file; any other is imported, which SRC009 tells."""
    return entry.loader not in {None, "PY"}


def _fault(project: "Project", entry: SourceFile, said: Origin | None = None) -> Iterator[Fault]:
    """What is wrong with a file that is named; a profile that is there says itself what is wrong with it."""
    if project.is_missed(entry) or entry.loader is None:
        is_near = entry.loader and project.bounds.hold(entry.path.parent)
        near = near_name(entry.path, {found.path for found, _ in project.documents}) if is_near else None
        example = example_name(entry.path) if is_near else None
        others = any(project.is_present(other) for other in project.entries if other.loader not in {None, "TOML"})
        alone = not (project.documents or others or (project.speaking and project.speaking.callee == DJANGO))
        named = _naming(project, entry)
        if alone and not named and project.options.projects:
            yield no_own_profiles(entry)
            return
        yield missing(entry, near, said, example=example, alone=alone, named=named)  # Django's own module is read, too
    elif entry.loader != "TOML" and project.is_present(entry) and project.options.loads(entry.loader):
        yield not_toml(entry, said)


def _naming(project: "Project", entry: SourceFile) -> str:
    """What names a file; empty where nothing does, and it is one that Dynaconf looks for."""
    call = project.speaking
    is_named = "settings_files" in project.options.stated
    if call:
        is_named = any(one.name.startswith("**") or option_of(one.name) == "settings_files" for one in call.arguments)
    if not is_named and entry.path.name in Options().settings_files:
        return ""
    return f"the Dynaconf call at {call.place}" if call else "the options"


def _missing_includes(project: "Project") -> Iterator[Fault]:
    """What is wrong with files that a profile's own `dynaconf_include` names."""
    sectioned = project.options.sectioned
    for _, document in project.documents:
        for path, name in said_includes(document.values, sectioned=sectioned):
            section = str(path[0]) if sectioned else None
            origin = Origin(kind="file", file=document.name, section=section, span=document.locate(path))
            listed = project.includes_of(name)
            yield from (_blocked(project, obstacle, origin) for obstacle in listed.obstacles)
            for entry in filter(_is_file, listed.entries):
                yield from _fault(project, entry, origin)


def _blocked(project: "Project", obstacle: Obstacle, said: Origin | None = None) -> Fault:
    return blocked(obstacle, project.root, project.options, project.options_file, said)


def _stray_secrets(project: "Project") -> list[Path]:
    if any(fault.hides for fault in project.application.faults):
        return []  # the code computes what it reads
    read = [entry.path for entry in project.entries]
    documents = [entry.path for entry, _ in project.documents]
    beside = [project.root, project.root / "config", *(path.parent for path in documents)]
    folders = [folder for folder in dict.fromkeys(beside) if project.bounds.own(folder)]
    return stray_secrets(folders, [*read, *documents])


def active_fault(project: "Project", selection: Selection, origin: Origin) -> Fault | None:
    """What is wrong with what selects the active environment, where it selects none, or something beside it."""
    name, variable = selection.name, selection.variable
    strange, runs = [part for part in selected(name) if not project.is_known(part)], project.may_run(name)
    if variable is None or project.may_exist(name) or (runs and not strange):
        return None
    fix = _ways_to_select(project.environments, strange[0] if runs else name, variable)
    if not runs:
        return unknown_active(name, fix, origin)
    return passed_over(strange, None if project.environments else project.base_sections[0], fix, origin)


def _ways_to_select(known: tuple[str, ...], name: str, variable: str) -> str:
    if not name:
        return f"Set it to one of: {', '.join(known)}." if known else f"Unset {variable}."
    if known:
        return did_you_mean(name, known)
    option = f"environments = [{json.dumps(name)}]"
    return f"Give it a section of its name, or list it in the options: {option}. Else unset {variable}."
