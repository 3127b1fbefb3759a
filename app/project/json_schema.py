"""What may a profile hold, and what must the settings look like?"""

from typing import Any

from app.core.errors import ProjectError
from app.modelling.document import layered, merged
from app.project.workspace import Workspace


def schema(workspace: Workspace, *, layer: bool) -> dict[str, Any]:
    """The JSON Schema of a profile file, or of the merged settings.

    Raises:
        ProjectError: the project has no model, or one of its own that cannot be asked.
    """
    described, project = workspace.model.json_schema, workspace.project
    if described is None:
        raise ProjectError("The project has no model.", fix="Name one in the options: schema = 'package.module:Model'.")
    sections = [*project.base_sections, *project.environments, "global"]
    return layered(described, sections) if layer else merged(described)
