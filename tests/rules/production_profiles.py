"""What one rule says about a production that a few lines of TOML describe."""

from typing import Any

from projects import MakeProject
from told import SECTIONED, findings

PRODUCTION = {"ENV_FOR_DYNACONF": "production"}


def said(project: MakeProject, rule: str, lines: str, **environ: str) -> list[dict[str, Any]]:
    """The findings of a rule in a project without a model, whose production holds these lines."""
    made = project({"assay.toml": SECTIONED, "settings.toml": f"[production]\n{lines}\n"})
    return findings(made, rule, "production", **PRODUCTION, **environ)


def keys(project: MakeProject, rule: str, lines: str, **environ: str) -> list[str]:
    """The keys that a rule tells there."""
    return [finding["key"] for finding in said(project, rule, lines, **environ)]


def own_keys(own: MakeProject, rule: str, profile: str, **environ: str) -> list[str]:
    """The keys that a rule tells in a production with the service's own model."""
    made = own({"settings.toml": "[default]\n", "settings/production.toml": profile})
    return [finding["key"] for finding in findings(made, rule, "production", **PRODUCTION, **environ)]
