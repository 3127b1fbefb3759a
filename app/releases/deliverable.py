"""What of an environment may be delivered: what the project's files say, without any secret.

Variables, `.env` and secrets files belong to the host of an instance, and win there over what is released.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import Path, dotted, fold, parse_key, stem
from app.core.tree import Leaf, Tree
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.values import Mask, is_masked
from app.sources.environ import path_of
from app.sources.resolution import resolve


class Deliverable(Struct, frozen=True, kw_only=True):
    """What of an environment may be delivered, and what is left to each instance.

    Attributes:
        tree: the values.
        supplied: the keys that an instance supplies, in order: secrets, references to its variables, and what only the
            application works out.
    """

    tree: Tree
    supplied: tuple[str, ...]


def deliverable(workspace: Workspace, environment: str, verdict: wire.EnvironmentReport) -> Deliverable:
    """What of an environment may be delivered.

    Args:
        workspace: the project, whose model could be asked.
        environment: one of its environments.
        verdict: names the required secrets that no file holds.
    """
    tree, mask = files_alone(workspace, environment), workspace.mask()
    left_out = {stem(leaf.path) for leaf in tree.leaves if _is_left_out(leaf, mask)}
    kept = tuple(leaf for leaf in tree.leaves if stem(leaf.path) not in left_out)
    named = [*left_out, *_deferred(verdict), *_deployed(workspace, environment)]
    told = {fold(leaf.path) for leaf in kept}
    keys = {fold(path): dotted(path) for path in reversed(named) if fold(path) not in told}
    return Deliverable(tree=replace(tree, leaves=kept), supplied=tuple(sorted(keys.values())))


def files_alone(workspace: Workspace, environment: str) -> Tree:
    """What the project's files say of an environment: no variable, no default of a model or of the code."""
    return resolve(workspace.project, environment, {}, shape=workspace.model.variable_shape)


def _is_left_out(leaf: Leaf, mask: Mask) -> bool:
    """Whether a value is the instance's own: a secret, a URL with one in it, or not known before it runs."""
    return leaf.state != "plain" or mask.hides_leaf(leaf) or is_masked(leaf.value)


def _deferred(verdict: wire.EnvironmentReport) -> Iterator[Path]:
    """The keys that are required, and that each deployment supplies."""
    return filter(None, (parse_key(item.key) for item in verdict.deferred))


def _deployed(workspace: Workspace, environment: str) -> Iterator[Path]:
    """The keys whose source the deployment names, and whose value is elsewhere."""
    deployment, options = workspace.deployment(environment), workspace.project.options
    named = deployment.supplied if deployment else ()
    return filter(None, (path_of(one.name, options) for one in named))
