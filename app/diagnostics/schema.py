"""What may a profile hold, and what must the settings look like?"""

from typing import Any

from app.diagnostics.workspace import Workspace
from app.errors import ProjectError
from app.schema import Settings
from app.schema.document import layer_schema, merged_schema


def schema(workspace: Workspace, *, layer: bool) -> dict[str, Any]:
    """The JSON Schema of a profile file, or of the merged settings.

    Raises:
        ProjectError: the project has no model.
    """
    if not workspace.is_own:
        raise ProjectError("The project has no model.", fix="Name one in the options: schema = 'package.module:Model'.")
    if not layer:
        return merged_schema(Settings)
    project = workspace.project
    return layer_schema(Settings, [*project.base_sections, *project.environments, "global"])
