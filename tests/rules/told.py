"""What `assay check` tells about a project, rule by rule."""

from typing import Any

from projects import ProjectFolder

SECTIONED = 'known_environments = ["development", "production"]\n'
"""Options of a foreign project that names its environments."""


def findings(project: ProjectFolder, rule: str, *arguments: str, **environ: str) -> list[dict[str, Any]]:
    """The findings of one rule, those of the project first."""
    report = project.assay("check", *arguments, "--format", "json", **environ).json
    found = [*report["findings"], *(finding for one in report["environments"] for finding in one["findings"])]
    return [finding for finding in found if finding["rule"] == rule]


def told(project: ProjectFolder, rule: str, *arguments: str, **environ: str) -> list[str]:
    """One line a finding: `error production port settings.toml:4:1`; what is not there is left out."""
    return [
        " ".join(
            word
            for word in (finding["severity"], finding["environment"], finding["key"], where(finding["origin"]))
            if word
        )
        for finding in findings(project, rule, *arguments, **environ)
    ]


def where(origin: dict[str, Any] | None) -> str | None:
    """The place as people write it."""
    if origin is None:
        return None
    if origin["kind"] == "variable":
        return str(origin["name"])
    return f"{origin['file']}:{origin['line']}:{origin['column']}" if origin.get("line") else str(origin["file"])


def related(project: ProjectFolder, rule: str, **environ: str) -> list[list[str | None]]:
    """The other places that each finding of one rule names."""
    return [[where(origin) for origin in finding["related"]] for finding in findings(project, rule, **environ)]
