"""What one reading of a project leaves to the next: what it made of files that still say the same.

Nothing here is ever out of date: a document is known by its whole text, a layer by its document, a merge by its layers.
What the last reading has not used is let go.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from app.core.layers import Layer
from app.merging.folding import Memory
from app.options import Options
from app.sources.toml import TomlDocument

if TYPE_CHECKING:
    from app.sources.project import Project

type LayerKey = tuple[int, str | None, int]
type SectionLayers = dict[LayerKey, tuple[Layer, ...]]


class EarlierReading(Struct, frozen=True, kw_only=True, eq=False):
    """What is known of a project from the reading before.

    Attributes:
        documents: its files by name.
        options: the options that it was read with.
        tokens: those that converters of the code read.
        layers: the layers of these documents, made without a model.
        memory: what merges of these layers made.
    """

    documents: Mapping[str, TomlDocument]
    options: Options
    tokens: frozenset[str]
    layers: SectionLayers
    memory: Memory

    def fits(self, project: "Project") -> bool:
        """Whether the same files would give a project the same layers and values."""
        return self.options == project.options and self.tokens == project.application.tokens


def left_by(project: "Project") -> EarlierReading:
    """What a reading leaves to the next."""
    documents = {document.name: document for _, document in project.documents}
    living = set(map(id, documents.values()))
    made = list(project.section_layers.items())
    layers = {key: found for key, found in made if key[0] in living and key[2] == id(None)}
    return EarlierReading(
        documents=documents,
        options=project.options,
        tokens=project.application.tokens,
        layers=layers,
        memory=project.memory.of([layer for found in layers.values() for layer in found]),
    )
