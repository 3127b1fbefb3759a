"""The verdict on an environment: what its settings' types say, and a few rules of production."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from benchmarks.reference.settings import ENVIRONMENT, PRODUCTION, Settings

PROJECT = Path.cwd().name


class Finding(BaseModel):
    """One problem."""

    severity: Literal["error", "warning", "info"] = "error"
    environment: str = ENVIRONMENT
    key: str
    message: str


class Counts(BaseModel):
    """How many findings of each severity."""

    error: int
    warning: int
    info: int


class Environment(BaseModel):
    """The verdict on one environment."""

    name: str = ENVIRONMENT
    active: bool = True
    production: bool = PRODUCTION
    valid: bool
    fingerprint: str
    counts: Counts
    findings: list[Finding]
    deferred: list[Finding] = []
    waived: list[Finding] = []


class Report(BaseModel):
    """The verdict on the project."""

    version: int = 1
    project: str = PROJECT
    active: str = ENVIRONMENT
    valid: bool
    counts: Counts
    findings: list[Finding] = []
    environments: list[Environment]
    waived: list[Finding] = []
    known: int = 0


def validate() -> Report:
    """Reads the settings, and says what is wrong with them."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _report("", [Finding(key=_key(item["loc"]), message=item["msg"]) for item in error.errors()])
    return _report(_fingerprint(settings), list(_production(settings)) if PRODUCTION else [])


def _report(fingerprint: str, findings: list[Finding]) -> Report:
    severities = [finding.severity for finding in findings]
    counts = Counts(error=severities.count("error"), warning=severities.count("warning"), info=severities.count("info"))
    valid = counts.error == 0
    own = Environment(valid=valid, fingerprint=fingerprint, counts=counts, findings=findings)
    return Report(valid=valid, counts=counts, environments=[own])


def _key(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place))


def _fingerprint(settings: Settings) -> str:
    return f"sha256:{hashlib.sha256(settings.model_dump_json().encode()).hexdigest()}"


def _production(settings: Settings) -> Iterator[Finding]:
    if settings.app.debug:
        yield Finding(key="app.debug", message="debugging is on")
    if settings.app.secret_key is None:
        yield Finding(key="app.secret_key", message="a secret key is required")
    if settings.database.password is None:
        yield Finding(key="database.password", message="a password is required")
    if settings.database.tls.mode not in {"verify-ca", "verify-full"}:
        yield Finding(key="database.tls.mode", message="the server's certificate is not checked")
    if not settings.auth.tokens:
        yield Finding(key="auth.tokens", message="nobody can sign in")
    if "*" in settings.cors.allow_origins:
        yield Finding(key="cors.allow_origins", message="every page may call the service")
