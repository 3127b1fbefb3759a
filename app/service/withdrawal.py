"""Tokens that were taken back: they count no more, though the settings as a whole are not fit to run with."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core.opening import is_folder
from app.project.workspace import Workspace
from app.settings import Settings
from app.settings.auth import TokenSettings

_LOG = logging.getLogger(__name__)
_TOKENS = ("auth", "tokens")

_NOBODY = TokenSettings(name="nobody", role="viewer", sha256="0" * 64)
"""A token that nobody can show: without any, the service would ask for none."""


class _Stated(Struct, frozen=True, kw_only=True):
    """What the profiles say of the tokens: each digest's role, and the files that say so."""

    roles: Mapping[str, str]
    files: frozenset[str] = frozenset()


class Withdrawal:
    """Knows which tokens the profiles still list.

    A token that stood in a file whose content is not known just now is not taken back, for all that anybody knows.

    Args:
        environment: the one that the service runs with.
    """

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self._last: Workspace | None = None
        self._files: frozenset[str] = frozenset()

    def note(self, workspace: Workspace) -> None:
        """Notes where the tokens in force stand."""
        self._last, self._files = workspace, _stated(workspace, self._environment).files

    def without(self, known: Settings, workspace: Workspace | None) -> Settings:
        """The settings without the tokens, and rights, that are not listed any more; of none left, nobody's is left.

        Args:
            known: those that were last fit to run with.
            workspace: the profiles; None where their folder or their options cannot be used.
        """
        workspace = workspace or self._as_laid_out_before()
        if workspace is None or self._may_hide(_unknown(workspace)):
            return known
        stated = _stated(workspace, self._environment).roles
        kept = [_limited(token, stated) for token in known.auth.tokens if token.sha256.lower() in stated]
        if kept == known.auth.tokens:
            return known
        _LOG.warning("Tokens that the profiles do not list any more, or not with that role, were taken back.")
        return known.model_copy(update={"auth": known.auth.model_copy(update={"tokens": kept or [_NOBODY]})})

    def _may_hide(self, unknown: frozenset[str]) -> bool:
        """Whether files of these names, or files below folders of these names, may hold the tokens in force."""
        above = {str(folder) for file in self._files for folder in PurePosixPath(file).parents} | self._files
        return bool(unknown) and (self._last is None or bool(above & unknown))

    def _as_laid_out_before(self) -> Workspace | None:
        """The files as they are now, under the options that last could be used; None where the folder is away."""
        if self._last is None or not is_folder(self._last.project.root):
            return None
        return replace(self._last, project=replace(self._last.project))


def _limited(token: TokenSettings, stated: Mapping[str, str]) -> TokenSettings:
    """The token with no more rights than the profiles give it."""
    is_demoted = token.role == "operator" and stated[token.sha256.lower()] != "operator"
    return token.model_copy(update={"role": "viewer"}) if is_demoted else token


def _stated(workspace: Workspace, environment: str) -> _Stated:
    entries: defaultdict[object, dict[str, Any]] = defaultdict(dict)
    files = set()
    for leaf in workspace.tree(environment).below(_TOKENS):
        entries[leaf.path[2:3]][str(leaf.path[-1]).lower()] = leaf.value
        files.add((leaf.origin and leaf.origin.file) or "")
    roles = {str(entry.get("sha256")).lower(): str(entry.get("role")) for entry in entries.values()}
    return _Stated(roles=roles, files=frozenset(files - {""}))


def _unknown(workspace: Workspace) -> frozenset[str]:
    """The files whose content is not known."""
    faults = [*workspace.project.holes, *workspace.process.holes]
    faults += [fault for fault in workspace.dotenv.faults if fault.hides] if workspace.dotenv else []
    return frozenset(fault.origin.file or "" for fault in faults)
