"""What the commands about the service's tables have in common."""

from app.cli.session import CommandSession
from app.project.workspace import Workspace
from app.service.plan import own_workspace


def home(session: CommandSession) -> Workspace:
    """The settings of the service in this folder: without any there, the `ASSAY_` variables are its settings.

    A stranger's database gets no tables of ours: what its own profiles say does not count.
    """
    workspace = session.anywhere()
    return workspace if workspace.model.is_service else own_workspace(session.folder / session.project, session.environ)
