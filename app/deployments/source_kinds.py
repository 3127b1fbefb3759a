"""The kinds of sources, told by their content; a `.env` file by its name."""

from collections.abc import Sequence
from typing import Literal

from app.core.deployment import DeployedVariable
from app.deployments.dockerfile import is_dockerfile
from app.deployments.environ_dump import is_dump
from app.deployments.systemd import is_unit
from app.deployments.telling import spot
from app.sources.dotenv import parse_dotenv

type Kind = Literal["kubernetes", "compose", "systemd", "dockerfile", "dotenv", "dump"]


def kind_of(text: str, file: str) -> Kind | None:
    """What a source is, told by its content; a `.env` file by its name."""
    name = file.rpartition("/")[2]
    if "\0" not in text and (name.startswith(".env") or name.endswith(".env")):
        return "dotenv"
    if is_unit(text):
        return "systemd"
    if is_dump(text):
        return "dump"
    if is_dockerfile(text):
        return "dockerfile"
    if "apiVersion" in text or "{{" in text:
        return "kubernetes"
    return "compose" if "services" in text else None


def variables_of(text: str, file: str) -> Sequence[DeployedVariable]:
    """The variables of a `.env` text; what stands there is not for everybody's eyes."""
    return [
        DeployedVariable(name=name, value=found.value, origin=spot(file, found.line, 1, name), secret=True)
        for name, found in parse_dotenv(text, {}).items()
    ]
