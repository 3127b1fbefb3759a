"""Releases for the client's tests, and applications that are loaded on them without a service."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay_client import last_good
from assay_client.release import Release, digest_of

PROJECT = "orders"


def described(
    number: int, values: Mapping[str, Any], *, environment: str = "development", project: str = PROJECT, **more: Any
) -> tuple[dict[str, Any], bytes]:
    """A release as the service describes it, and its body."""
    body = {"version": 1, "project": project, "environment": environment, "values": values, "supplied": [], **more}
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    release = {
        "version": 1, "id": number, "epoch": 1, "project": project, "environment": environment,
        "digest": digest_of(content), "author": "ops", "message": "", "commit": None,
        "created_at": "2026-07-01T12:00:00+00:00", "state": "head", "rolled_back_from": None,
        "approved_by": [], "supplied": body["supplied"],
    }  # fmt: skip
    return release, content


def release_of(number: int, values: Mapping[str, Any], **more: Any) -> Release:
    """A release as the client has it."""
    return Release(*described(number, values, **more))


def deliver(path: Path, values: Mapping[str, Any], *, number: int = 1, **more: Any) -> dict[str, str]:
    """Puts a release where the client finds it without a service; the variables that say so."""
    last_good.write(path, release_of(number, values, **more))
    return {"ASSAY_LAST_GOOD": str(path)}
