"""Why is a value what it is, and who set it?"""

from app.diagnostics.workspace import Workspace
from app.errors import UnknownKey
from app.layers import parse_key
from app.reports import explanation, wire


def explain(workspace: Workspace, key: str, name: str | None = None) -> wire.Explanation:
    """Every layer that sets a key of an environment, by default the active one.

    Raises:
        UnknownEnvironment: there is none of that name.
        UnknownKey: no layer sets the key, or it is no key at all.
    """
    environment = workspace.environment(name)
    path = parse_key(key)
    if path is None:
        raise UnknownKey(f"{key!r} is no key.", fix="Write it as in database.pool.size or cors.allow_origins[0].")
    return explanation.explain(workspace.tree(environment), path, workspace.mask())
