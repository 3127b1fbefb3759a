"""Layers from files: one for each section that an environment takes from each file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from app.core.findings import Fault
from app.core.layers import INCLUDE, MARKER, Layer, Locate, Origin, Path
from app.merging.isolated_settings import is_token
from app.merging.items import MergeOptions
from app.merging.merge import merge
from app.merging.provenance_tags import OwnToken
from app.modelling.shape import Shape
from app.sources.files import SourceFile
from app.sources.project import Project
from app.sources.project.files import sections_in
from app.sources.shorthand import Expanded, expand
from app.sources.toml import TomlDocument

_DOTTED = "dynaconf_dotted_lookup"


def file_layers(project: Project, environment: str, shape: Shape | None) -> list[Layer]:
    """What the project's files say for one environment, lowest first.

    Source: `dynaconf.loaders.base.BaseLoader`: files first, then sections inside each file.
    """
    main = _layers_of(project, project.main, environment, shape)
    return [*main, *_layers_of(project, project.included(_included_names(project, main)), environment, shape)]


def hole(project: Project, environment: str) -> Fault | None:
    """The first fault of a file that the environment reads and whose content is not known; None where all is known."""
    if not project.holes:
        return None
    own = {entry.name for entry, _ in project.included(_included_names(project, _main_layers(project, environment)))}
    others = {entry.name for entry, _ in project.documents} - {entry.name for entry, _ in project.main} - own
    return next(
        (fault for fault in project.holes if _concerns(fault.origin, project.sections(environment), others)), None
    )


def _concerns(place: Origin, sections: Sequence[str], others: Collection[str]) -> bool:
    """Whether what is not known there belongs to an environment of these sections, which does not read those files."""
    return place.file not in others and (place.section is None or place.section.lower() in sections)


def _main_layers(project: Project, environment: str) -> list[Layer]:
    return _layers_of(project, project.main, environment, None)


def _layers_of(
    project: Project, documents: Sequence[tuple[SourceFile, TomlDocument]], environment: str, shape: Shape | None
) -> list[Layer]:
    if not project.options.sectioned:
        return [layer for _, document in documents for layer in _known(project, document, None, shape)]
    having = project.having if documents is project.main else sections_in(documents)
    wanted = enumerate(project.sections(environment))
    places = [(at, rank, name) for rank, name in wanted for at in having.get(name, ()) if at < len(documents)]
    return [layer for at, _, name in sorted(places) for layer in _known(project, documents[at][1], name, shape)]


def _known(project: Project, document: TomlDocument, name: str | None, shape: Shape | None) -> tuple[Layer, ...]:
    """The layer of a section, or of a whole file, made once; none where it says nothing."""
    place = id(document), name, id(shape)
    found = project.section_layers.get(place)
    if found is None:
        made = _whole(document, shape) if name is None else _section(document, name, shape)
        found = tuple(_with_lookup(project, with_tokens(project, layer)) for layer in made)
        project.section_layers[place] = found
    return found


def with_tokens(project: Project, layer: Layer) -> Layer:
    """The layer; what converters of the code's own read, and no others, is not known."""
    tokens = project.application.tokens
    return replace(layer, values=_converted(layer.values, tokens)) if tokens else layer


def _converted(value: Any, tokens: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _converted(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [_converted(item, tokens) for item in value]
    token = value.partition(" ")[0] if isinstance(value, str) else ""
    is_any = "@" in tokens and len(token) > 1 and token[0] == "@" and not is_token(token)
    return OwnToken(value) if is_any or token in tokens else value


def _with_lookup(project: Project, layer: Layer) -> Layer:
    if project.options.dotted_lookup:
        return layer
    return replace(layer, dotted_lookup=layer.dotted_lookup or False)


def _included_names(project: Project, layers: Sequence[Layer]) -> list[str]:
    """What the environment's own `dynaconf_include` comes to, merged like any other key.

    Source: `Settings.load_includes`.
    """
    stated = [replace(layer, values=said) for layer in layers if (said := _only(layer.values, INCLUDE))]
    if not stated:
        return []
    options = MergeOptions(merge_enabled=project.options.merge_enabled)
    merged = merge(stated, options, {}).leaves
    texts = [leaf.value for leaf in merged if isinstance(leaf.value, str)]
    return [name.strip() for text in texts for name in (text.split(",") if len(texts) == 1 else [text])]


def _only(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key.lower() == name}


def _whole(document: TomlDocument, shape: Shape | None) -> Iterator[Layer]:
    if document.values:
        yield _layer(document, None, document.values, document.values.get(MARKER), None, shape)


def _section(document: TomlDocument, name: str, shape: Shape | None) -> Iterator[Layer]:
    section, table = section_of(document.values, name)
    if section is None or not isinstance(table, dict) or not table:
        return
    merge, lookup = section_of(document.values, MARKER)[1], section_of(document.values, _DOTTED)[1]
    yield _layer(document, section, table, merge, lookup, shape)


def _layer(
    document: TomlDocument, section: str | None, table: Mapping[str, Any], merge: Any, lookup: Any, shape: Shape | None
) -> Layer:
    values = dict(table)
    own_merge = _taken(values, MARKER)
    if lookup is None:
        lookup = _taken(values, _DOTTED)
    values, aliases, urls = expand(values, shape) if shape else Expanded(values, {}, frozenset())
    return Layer(
        kind="file",
        values=values,
        file=document.name,
        section=section,
        merge=merge if own_merge is None else own_merge,
        dotted_lookup=None if lookup is None else lookup is True,
        locate=_locator(document, section),
        aliases=aliases,
        urls=urls,
    )


def _taken(values: dict[str, Any], name: str) -> Any:
    """Takes a flag out of a section, whatever its case."""
    found = None
    for key in [key for key in values if len(key) == len(name) and key.lower() == name]:
        found = values.pop(key)
    return found


def _locator(document: TomlDocument, section: str | None) -> Locate:
    def locate(path: Path) -> Any:
        return document.locate(path if section is None else (section, *path))

    return locate


def section_of(values: Mapping[str, Any], name: str) -> tuple[str | None, Any]:
    """The last table of that name, whatever its case, with its own spelling."""
    spelled = [key for key in values if key.lower() == name]
    return (spelled[-1], values[spelled[-1]]) if spelled else (None, None)
