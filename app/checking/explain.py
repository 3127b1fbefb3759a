"""Why is a value what it is, and who set it?"""

from collections.abc import Sequence

from msgspec.structs import replace

from app.checking.usage import reads_of
from app.core.errors import UnknownKey
from app.core.layers import Path, dotted, parse_key
from app.core.tree import Tree
from app.core.usage.reads import Usage
from app.project.git.authors import LineAuthors
from app.project.workspace import Workspace
from app.reports import explanation, wire
from app.reports.released import released

_MOST = 4


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
    reason = workspace.unjudged(environment)
    try:
        mask = workspace.mask()
        found = _with_reads(explanation.explain(workspace.tree(environment), path, mask), workspace.usage)
        found = replace(found, leaves=[_signed(leaf, workspace.authors) for leaf in found.leaves])
        return released(replace(found, judged=False, reason=reason) if reason else found, mask.said)
    except UnknownKey as error:
        if reason:
            message = f"Whether a layer of {environment} sets {dotted(path)!r} is not known: {reason}."
            raise UnknownKey(message, fix="Mend that first.") from error
        setters = [other for other in workspace.environments if workspace.tree(other).paths_said(path)]
        unset = _set_elsewhere(workspace, path, environment, setters) if setters else error
        raise UnknownKey(f"{unset.message}{_reading(workspace.usage, path)}", fix=unset.fix) from error


def _with_reads(found: wire.Explanation, usage: Usage) -> wire.Explanation:
    """The same with the places in the code that read each leaf, where code is read."""
    if not usage.known:
        return found
    leaves = [replace(leaf, reads=reads_of(usage, parse_key(leaf.key) or (leaf.key,))) for leaf in found.leaves]
    return replace(found, leaves=leaves)


def _signed(leaf: wire.ExplainedLeaf, authors: LineAuthors) -> wire.ExplainedLeaf:
    """The same with the commit of the line that wins, where git knows it."""
    origin = leaf.origin
    if not isinstance(origin, wire.FileOrigin | wire.DeploymentOrigin) or (commit := authors.commit(origin)) is None:
        return leaf
    return replace(leaf, origin=replace(origin, commit=commit))


def _set_elsewhere(workspace: Workspace, path: Path, environment: str, setters: Sequence[str]) -> UnknownKey:
    """What an environment lacks and others have: who sets it, and where."""
    places = [f"{name} ({origin})" for name in setters if (origin := _place(workspace.tree(name), path))]
    said, hidden = places[:_MOST], len(places) - _MOST
    more = f" and {hidden} more" if hidden > 0 else ""
    message = f"No layer of {environment} sets {dotted(path)!r}; {', '.join(said)}{more} {_do(places)}."
    return UnknownKey(message, fix=f"Ask about one of them: assay explain {dotted(path)} --env {setters[0]}")


def _reading(usage: Usage, path: Path) -> str:
    """Where the code reads what is not set, tests apart: a sentence more, or none."""
    reads = [read for read in usage.reads_of(path) if not read.test]
    places = list(dict.fromkeys(f"{read.place}, with a default" if read.default else read.place for read in reads))
    more = f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
    return f" The code reads it at {'; '.join(places[:_MOST])}{more}." if places else ""


def _do(places: Sequence[str]) -> str:
    return "does" if len(places) == 1 else "do"


def _place(tree: Tree, path: Path) -> str:
    """The highest layer's place that says anything there."""
    said = [statement for at in tree.paths_said(path) for statement in tree.said(at)]
    rank = {id(layer): number for number, layer in enumerate(tree.layers)}
    return str(max(said, key=lambda one: rank[id(one.layer)]).origin)
