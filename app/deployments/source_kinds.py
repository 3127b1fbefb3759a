"""The kinds of sources, told by their content; a `.env` file by its name."""

import re
from collections.abc import Callable
from typing import Literal

from app.deployments.docker.dockerfile import is_dockerfile
from app.deployments.environ_dump import is_dump
from app.deployments.kubernetes.documents import is_kustomization
from app.deployments.systemd import is_unit
from app.deployments.systemd.quadlet import is_quadlet

type Kind = Literal["kubernetes", "compose", "systemd", "quadlet", "dockerfile", "dotenv", "dump"]

_SERVICES = re.compile(r"^services[ ]*:", re.MULTILINE)
_VERSION = re.compile(r"^apiVersion[ ]*:", re.MULTILINE)


def kind_of(text: str, file: str) -> Kind | None:
    """What a source is, told by its content; a `.env` file by its name."""
    name = file.rpartition("/")[2]
    if "\0" not in text and (name.startswith(".env") or name.endswith(".env")):
        return "dotenv"
    if is_kustomization(file):
        return "kubernetes"
    return next((kind for kind, fits in _KINDS if fits(text)), None)


def _is_compose(text: str) -> bool:
    """Whether it has services, and no object of Kubernetes; what its values are templates of is nobody's here."""
    return bool(not _VERSION.search(text) and _SERVICES.search(text))


_KINDS: tuple[tuple[Kind, Callable[[str], bool]], ...] = (
    ("quadlet", is_quadlet),
    ("systemd", is_unit),
    ("dump", is_dump),
    ("dockerfile", is_dockerfile),
    ("compose", _is_compose),
    ("kubernetes", lambda text: "apiVersion" in text or "{{" in text),
    ("compose", lambda text: "services" in text),
)
"""In the order in which they are tried."""
