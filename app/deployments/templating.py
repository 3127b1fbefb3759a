"""YAML as its documents, unless it is a template that has to be rendered first.

What a rendered manifest holds may be full of `{{ … }}` of other programs: alerts, log formats. Those stand in quotation
marks or in blocks of text, so that the YAML parses; what is not rendered does not, or names Helm's own objects.
"""

import re
from collections.abc import Container

from app.core.findings import Fault
from app.deployments.nodes import Node, walked
from app.deployments.telling import spot, unread
from app.deployments.yaml_reading import BrokenYamlError, RepetitionRoom, parse

_HELM = re.compile(r"\{\{-?\s*\.(?:Values|Release|Chart|Capabilities)\b")
_ACTION = re.compile(
    r"^[ ]*(?:-[ ]+)?\{[{%]|:[ ]+(?:-[ ]+)?\{[{%]|\{\{-?\s*(?:include|template|tpl|if|range|with|end|define)\b",
    re.MULTILINE,
)


def names_helm(source: str) -> bool:
    """Whether a text names Helm's own objects, as nothing does that is rendered."""
    return "{{" in source and bool(_HELM.search(source))


def read_yaml(
    source: str, file: str, first_line: int = 1, room: RepetitionRoom | None = None, passed_over: Container[str] = ()
) -> list[Node] | Fault:
    """The documents of a text, or why it cannot be read.

    Args:
        source: YAML.
        file: its name, relative to the root.
        first_line: the line on which it begins there.
        room: what aliases may repeat, together with those of the file's other parts.
        passed_over: keys of tables and lists in which nobody looks.
    """
    if found := _HELM.search(source):
        return _template(file, first_line + source.count("\n", 0, found.start()))
    try:
        roots = list(parse(source, first_line, room, passed_over))
    except BrokenYamlError as error:
        found = _ACTION.search(source)
        return _template(file, first_line + source.count("\n", 0, found.start())) if found else _broken(file, error)
    left = next((node for node in walked(roots) if _is_expression(node)), None) if "{{" in source else None
    return _template(file, left.line) if left else roots


def _is_expression(node: Node) -> bool:
    """Whether it is `{{ name }}` without quotation marks, which YAML takes for a table whose key is a table."""
    return any(key.pairs is not None for key, _ in node.pairs or ())


def _broken(file: str, error: BrokenYamlError) -> Fault:
    message = f"{file}:{error.line}:{error.column} is no YAML: {error.reason}."
    return unread(spot(file, error.line, error.column), message, "Mend the YAML.", "does not parse")


def _template(file: str, line: int) -> Fault:
    message = f"{file}:{line} is a template: what it says is known once it is rendered."
    fix = "Render it first: helm template … | assay check --deployment - ENV, or kustomize build … for an overlay."
    return unread(spot(file, line), message, fix, "is a template")
