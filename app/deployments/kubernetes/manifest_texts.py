"""The documents of manifests as texts: which are left out, which are parsed, which wait until something names them.

A rendered release has thousands of documents, few of them ours: a search for words tells many of them apart from
ours, and of the others those that start nothing are parsed where a workload of ours refers to a name that they hold.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from app.core import limits
from app.deployments.kubernetes.documents import is_kustomization
from app.deployments.kubernetes.listed_items import listed_items
from app.deployments.templating import names_helm

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_WORKLOAD = ("containers",)
_STARTS = re.compile(r"containers[\"']?\s*:|\\|\?\s")
_HELD = ("ConfigMap", "Secret", "Service", "List", "configMapGenerator", "secretGenerator", "Kustomization")
_DEFINES = re.compile(r"^ *kind: CustomResourceDefinition$", re.MULTILINE)
"""Schemas of objects describe containers, and start none."""
_UNPLAIN = ("\\", "{{", "%TAG", "Generator", "\r", "\x85", "\u2028", "\u2029", "\ufeff")
"""What is read at once: it may say a name in other letters, be a template, or be counted by the parser."""
_ALIAS = re.compile(r"(?<![^\s\[\]{},:\"'?-])\*[\w-]")
_INDENT = re.compile(r"^[ \t?:-]*", re.MULTILINE)
_NAMED = re.compile(r"name\b(?:(?=[\"']?\s*:\s*[\"']?([\w.-]+))|)")
WORD = re.compile(r"[\w.-]+")
"""What a name is that a text is searched for."""


class ManifestText(Struct, frozen=True, kw_only=True):
    """One document.

    Attributes:
        line: its first one in its file.
        text: what it says.
        waits: whether it is parsed only where something names it.
    """

    line: int
    text: str
    waits: bool


def manifest_texts(whole: str, file: str, words: Sequence[str], *, is_meant: bool) -> list[ManifestText]:
    """The documents of a file that are read; of a template every one, since it is none that could be read alone.

    Args:
        whole: the file's text.
        file: its name.
        words: what a workload says if it is any of ours; none: every workload is read.
        is_meant: whether the file is read, though it says nothing of ours.
    """
    chunks = [(line + above, item) for line, chunk in _chunks(whole) for above, item in listed_items(chunk)]
    at_once = is_kustomization(file)
    chosen = [(line, chunk) for line, chunk in chunks if at_once or _may_matter(chunk, words)]
    read = chunks if (is_meant and not chosen) or (chosen and names_helm(whole)) else chosen
    return [ManifestText(line=line, text=chunk, waits=not at_once and _may_wait(chunk)) for line, chunk in read]


def names_in(text: str) -> AbstractSet[str]:
    """What a document that waits may be called, or its objects may: at least all that stands behind `name`."""
    found = set(_NAMED.findall(text))
    return set(WORD.findall(text)) if "" in found else found


def may_start(text: str) -> bool:
    """Whether a document may start anything: it has containers, as far as a search tells."""
    return _STARTS.search(text) is not None


def _may_matter(chunk: str, words: Sequence[str]) -> bool:
    """Whether a document may hold variables of ours, or what they refer to."""
    is_ours = not words or _holds(chunk, (*words, "envFrom"))
    return _holds(chunk, _HELD) or (is_ours and _holds(chunk, _WORKLOAD))


def _holds(chunk: str, words: Sequence[str]) -> bool:
    return any(word in chunk for word in words)


def _may_wait(chunk: str) -> bool:
    """Whether nothing but its names can matter: it starts nothing, and a search would find them."""
    if _holds(chunk, _WORKLOAD) and not _DEFINES.search(chunk):
        return False
    return not _holds(chunk, _UNPLAIN) and not ("*" in chunk and _ALIAS.search(chunk)) and _is_flat(chunk)


def _is_flat(chunk: str) -> bool:
    """Whether it cannot be nested deeper than is read: each level begins in a column of its own, or with a bracket.

    At one column there are two at most: a table, and a list that is the value of one of its keys.
    """
    indents = set(_INDENT.findall(chunk))
    tables = {at for one in indents for at, sign in enumerate(one) if sign in "?:"} | {len(one) for one in indents}
    lists = {at for one in indents for at, sign in enumerate(one) if sign == "-"}
    return len(tables) + len(lists) + chunk.count("[") + chunk.count("{") < limits.DEPTH.figure


def _chunks(whole: str) -> Iterator[tuple[int, str]]:
    """The documents of a file as texts, each with its first line: `---` begins one wherever it begins a line."""
    starts = [0, *(found.start() for found in _SEPARATOR.finditer(whole) if found.start())]
    line, ends = 1, [*starts[1:], len(whole)]
    for start, end in zip(starts, ends, strict=True):
        chunk = whole[start:end]
        yield line, chunk
        line += chunk.count("\n")
