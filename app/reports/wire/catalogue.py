"""The catalogue of rules in the wire format."""

from typing import Literal

from msgspec import Struct

from app.reports.wire.encoding import VERSION


class Examples(Struct, frozen=True, kw_only=True):
    """What a rule fires on, and what it is silent about."""

    wrong: str
    right: str


class RuleEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of the catalogue; with its page and examples where it alone was asked for."""

    id: str
    name: str
    severity: Literal["info", "warning", "error"]
    speaks: Literal["production", "always"]
    summary: str
    source: str
    page: str | None = None
    examples: Examples | None = None


class Rules(Struct, frozen=True, kw_only=True):
    """The catalogue, or one rule of it: `assay rules`, `GET /config/rules`."""

    version: int = VERSION
    rules: list[RuleEntry]
