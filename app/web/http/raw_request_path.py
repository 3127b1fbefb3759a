"""A path as the request has it: the router folds `//` and drops a slash at the end, which a key may have."""

from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import Request


def rest_of_path(request: Request[Any, Any, Any], beginning: str) -> str:
    """What stands in the request's path behind its beginning; nothing where it begins with something else."""
    raw = request.scope.get("raw_path") or b""
    path = unquote_to_bytes(raw.partition(b"?")[0]).decode(errors="replace")
    return path.removeprefix(beginning) if path.startswith(beginning) else ""
