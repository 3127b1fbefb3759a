"""A project as the rules about files, sections and variables see it."""

from collections.abc import Callable
from functools import cache

from app.core.layers import Origin
from app.core.opening import is_file
from app.core.usage.reads import NOTHING_READ
from app.merging.isolated_settings import INTERNAL_KEYS
from app.project.secret_files import dotenv_file, examples, mode_of
from app.project.workspace import Workspace
from app.rules.kit.survey import ProjectContext, SurveyedFile
from app.sources.named_variables import named_variables
from app.sources.project import Project

_HOOKS = "dynaconf_hooks.py"


def survey(workspace: Workspace) -> ProjectContext:
    """Everything that is known about the workspace's project."""
    project, options = workspace.project, workspace.project.options
    judged = [name for name in workspace.environments if not workspace.unjudged(name)]
    return ProjectContext(
        files=_files(workspace),
        subjects={name: workspace.subject(name) for name in judged},
        environments=project.environments,
        registry=project.has_registry,
        listed=options.listed,
        sectioned=options.sectioned,
        base_sections=project.base_sections,
        production=tuple(name.lower() for name in options.production),
        reserved=INTERNAL_KEYS,
        hooks=_hooks(project),
        merge_enabled=options.merge_enabled,
        separator=options.separator,
        includes=_includes(project),
        dotenv=dotenv_file(project),
        examples=tuple(examples(project)),
        demands=workspace.project.demands,
        usage=workspace.usage if judged else NOTHING_READ,  # which takes long in large code
        is_named=_naming(workspace),
        reconfigured=workspace.is_reconfigured,
        whole=len(judged) == len(workspace.environments),
        is_committed=workspace.committed.holds,
        tracks=workspace.committed.tracks,
    )


def _naming(workspace: Workspace) -> Callable[[str], bool]:
    """Tells whether a file of the project, code apart, names a variable; looked for when that is first asked."""
    named = cache(lambda: named_variables(workspace.project.root))
    return lambda variable: variable.upper() in named()


def _files(workspace: Workspace) -> tuple[SurveyedFile, ...]:
    """The project's files, and behind them those that this process alone reads."""
    files = {entry.name: (entry, document) for entry, document in workspace.process.documents}
    files = {entry.name: (entry, document) for entry, document in workspace.project.documents} | files
    return tuple(
        SurveyedFile(
            name=entry.name,
            values=document.values,
            locate=document.locate,
            secret=entry.secret,
            broken=document.fault is not None,
            patterns=entry.patterns,
            text=document.text,
            mode=mode_of(entry.path) if entry.secret else None,
        )
        for entry, document in files.values()
    )


def _hooks(project: Project) -> tuple[str, ...]:
    """The hooks beside profiles that are there, relative to the root."""
    folders = {entry.path.parent: entry.name.rpartition("/")[0] for entry, _ in project.documents}
    beside = [(folder / _HOOKS, f"{name}/{_HOOKS}" if name else _HOOKS) for folder, name in folders.items()]
    return tuple(name for path, name in beside if is_file(path))


def _includes(project: Project) -> tuple[tuple[str, Origin | None], ...]:
    origin = Origin(kind="file", file=project.options_file) if project.options_file else None
    return tuple((name, origin) for name in project.options.includes)
