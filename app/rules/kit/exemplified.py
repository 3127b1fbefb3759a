"""What the examples of secrets files show."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from app.core.layers import Layer, Locate, Path, Span
from app.core.tree import Statement
from app.rules.kit.survey import ProjectContext, SurveyedFile


def exemplified(survey: ProjectContext) -> Iterator[Statement]:
    """Every value that the examples show, section by section; an empty list or table is one."""
    for file in survey.examples:
        for section, table in _sections(survey, file):
            locate = partial(_locate, file.locate, section)
            layer = Layer(kind="file", values=table, file=file.name, section=section, locate=locate)
            for path, value in _leaves(table, ()):
                yield Statement(layer=layer, path=_parted(path, survey.separator), source=path, value=value)


def _sections(survey: ProjectContext, file: SurveyedFile) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    if not survey.sectioned:
        yield None, file.values
        return
    yield from ((name, table) for name, table in file.values.items() if isinstance(table, Mapping))


def _locate(locate: Locate, section: str | None, path: Path) -> Span | None:
    return locate(path if section is None else (section, *path))


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    items = list(value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ())
    if path and not items:
        yield path, value
    for key, item in items:
        yield from _leaves(item, (*path, key))


def _parted(path: Path, separator: str) -> Path:
    """The path as Dynaconf takes it: `DB__PASSWORD` is `db.password`."""
    first = str(path[0]).split(separator) if separator else [path[0]]
    return (*first, *path[1:])
