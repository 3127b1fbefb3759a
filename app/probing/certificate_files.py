"""Certificate files that a request names: only from the folder that the settings set aside for them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.errors import TargetError
from app.database.target import Target
from app.database.tls import SYSTEM

# The names that a URL has for them.
_FILES = {"ca_file": "sslrootcert", "cert_file": "sslcert", "key_file": "sslkey", "crl_file": "sslcrl"}
_CLOSED = "names a file of the service's machine, and diagnostics.certificates_folder opens no folder for that"
_OUTSIDE = "names no file below diagnostics.certificates_folder"


def confined(target: Target, fields: Mapping[str, Any], folder: Path | None) -> Target:
    """The target with its files where they really are; nothing outside is looked at, not even whether it is there.

    Args:
        target: what a request describes.
        fields: the request's fields, of which those at fault are told.
        folder: where certificates may be read, links followed; paths may be relative to it. None: nowhere.

    Raises:
        TargetError: a file is not below the folder.
    """
    root = folder.resolve() if folder else None
    named = {name: path for name in _FILES if (path := getattr(target.tls, name)) not in {None, SYSTEM}}
    found: dict[str, Any] = {name: _below(root, path) for name, path in named.items()}
    errors = dict(_error(name, fields, root) for name, path in found.items() if path is None)
    if errors:
        listed = "; ".join(f"{key} {what}" for key, what in errors.items())
        raise TargetError(f"This target reads files: {listed}.", fix="Leave them out.", errors=errors)
    return replace(target, tls=replace(target.tls, **found)) if found else target


def _below(root: Path | None, path: str) -> str | None:
    """The file itself, links followed; None where it is not below the folder."""
    if root is None:
        return None
    try:
        real = (root / path).resolve()
    except (OSError, ValueError, RuntimeError):  # a loop of links, or no path at all
        return None
    return str(real) if real.is_relative_to(root) else None


def _error(name: str, fields: Mapping[str, Any], root: Path | None) -> tuple[str, str]:
    what = _CLOSED if root is None else _OUTSIDE
    if (fields.get("tls") or {}).get(name) is not None:
        return f"tls.{name}", what
    return "url", f"{what} (its {_FILES[name]})"
