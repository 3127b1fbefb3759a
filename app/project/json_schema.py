"""What may a profile hold, and what must the settings look like?"""

from typing import Any

from app.core.errors import ProjectError
from app.modelling.document import layer_schema, layered, merged, merged_schema
from app.project.workspace import Workspace
from app.settings import Settings


def schema(workspace: Workspace, *, layer: bool) -> dict[str, Any]:
    """The JSON Schema of a profile file, or of the merged settings.

    Raises:
        ProjectError: the project has no model, or one of its own that cannot be asked.
    """
    project = workspace.project
    sections = [*project.base_sections, *project.environments, "global"]
    if workspace.is_own:
        return layer_schema(Settings, sections) if layer else merged_schema(Settings)
    model = workspace.model
    if model is None:
        raise ProjectError("The project has no model.", fix="Name one in the options: schema = 'package.module:Model'.")
    return layered(model.schema, sections) if layer else merged(model.schema)
