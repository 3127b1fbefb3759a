"""One reading of a project after another."""

from msgspec.structs import replace

from app.project.workspace import Workspace
from app.rules.kit.shared import SharedFacts
from app.sources.project.earlier import left_by


def following(new: Workspace, old: Workspace) -> Workspace:
    """The workspace, which takes over what an older one of the same folder has made of the files that are the same.

    Args:
        new: just opened; nothing is known of it yet.
        old: the one before.
    """
    project = replace(new.project, earlier=left_by(old.project))
    return replace(new, project=project, facts=SharedFacts(old.facts.left()))
