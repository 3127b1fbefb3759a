"""Compose files as sources of an environment: which of them are one project, and what of it counts."""

from collections.abc import Mapping

import pytest
from projects import MakeProject

OPTIONS = 'known_environments = ["production"]\nenvvar_prefix = "ORDERS"\n[deployments]\nproduction = {}\n'
BELOW = "services:\n  api:\n    image: x\n    environment: { ORDERS_HOST: below, ORDERS_PORT: 1 }\n"
ABOVE = "services:\n  api:\n    environment: { ORDERS_HOST: above, ENV_FOR_DYNACONF: production }\n"


def told(project: MakeProject, sources: str, files: Mapping[str, str]) -> tuple[list[str], dict[str, object]]:
    """The rules of what is found, and the effective values."""
    made = project({"settings.toml": "[production]\nhost = 'file'\nport = 0\n", **files})
    made.write({"assay.toml": OPTIONS.format(sources)})
    checked = made.assay("check", "production", "--format", "json").json
    found = [*checked["findings"], *checked["environments"][0]["findings"]]
    shown = made.assay("show", "production", "--format", "json").json["values"]
    return [one["rule"] for one in found], {one["key"]: one["value"] for one in shown}


@pytest.mark.parametrize(
    ("sources", "above"),
    [
        ('["compose.yaml", "compose.prod.yaml"]', "compose.prod.yaml"),
        ('["compose.yaml", "deploy/prod.yaml"]', "deploy/prod.yaml"),
        ('"compose*.yaml"', "compose.override.yaml"),
        ('["compose.yaml", { path = "compose.prod.yaml", container = "api" }]', "compose.prod.yaml"),
    ],
)
def test_files_that_belong_above_each_other_are_one_project(sources: str, above: str, project: MakeProject) -> None:
    rules, values = told(project, sources, {"compose.yaml": BELOW, above: ABOVE})
    assert (rules, values) == ([], {"host": "above", "port": 1})


def test_whole_projects_in_two_folders_are_two(project: MakeProject) -> None:
    files = {f"{name}/compose.yaml": ABOVE.replace("api:\n", f"api:\n    image: {name}\n").replace("above", name)
             for name in ("one", "two")}  # fmt: skip
    rules, values = told(project, '["one/compose.yaml", "two/compose.yaml"]', files)
    assert (rules, values["host"]) == (["DEP003"], "two")


def test_what_a_profile_alone_starts_counts_where_nothing_else_is_ours(project: MakeProject) -> None:
    tool = "  tool:\n    image: x\n    profiles: [tools]\n    environment: { ORDERS_HOST: tool, ENV_FOR_DYNACONF: x }\n"
    whole = ABOVE.replace("api:\n", "api:\n    image: x\n")
    assert told(project, '"compose.yaml"', {"compose.yaml": whole + tool}) == ([], {"host": "above", "port": 0})
    alone = f"services:\n  db: {{ image: x }}\n{tool}".replace("_DYNACONF: x", "_DYNACONF: production")
    assert told(project, '"compose.yaml"', {"compose.yaml": alone})[1] == {"host": "tool", "port": 0}


TOOL = (
    "  tool:\n    image: x\n    profiles: {}\n    environment: {{ ORDERS_HOST: tool, ENV_FOR_DYNACONF: production }}\n"
)


@pytest.mark.parametrize(
    ("profiles", "beside", "starts"),
    [
        ("[tools]", "COMPOSE_PROFILES=tools", True),
        ("[tools, more]", 'COMPOSE_PROFILES="other , more"', True),
        ("[tools]", "COMPOSE_PROFILES=*", True),
        ('["${KIND:-tools}"]', "COMPOSE_PROFILES=${WANTED}\nKIND=odd\nWANTED=odd", False),
        ('["${KIND:-tools}"]', "WANTED=odd\nKIND=odd\nCOMPOSE_PROFILES=${WANTED}", True),
        ("[tools]", "COMPOSE_PROFILES=Tools", False),
        ("[tools]", "COMPOSE_PROFILES=", False),
        ('["*"]', "COMPOSE_PROFILES=tools", False),
        ("[]", "", True),
    ],
)
def test_profiles_that_the_env_file_asks_for_are_started(
    profiles: str, beside: str, *, starts: bool, project: MakeProject
) -> None:
    whole = ABOVE.replace("api:\n", "api:\n    image: x\n") + TOOL.format(profiles)
    rules, values = told(project, '"compose.yaml"', {"compose.yaml": whole, ".env": beside + "\n"})
    assert (rules, values["host"]) == (["DEP003"] if starts else [], "above")


@pytest.mark.parametrize(
    ("sources", "beside", "rules"),
    [
        ('"compose.yaml"', "COMPOSE_FILE=compose.yaml:compose.prod.yaml", ["DEP009"]),
        ('["compose.prod.yaml", "compose.yaml"]', "COMPOSE_FILE=compose.yaml:compose.prod.yaml", ["DEP009"]),
        ('["compose.yaml", "compose.prod.yaml"]', "COMPOSE_FILE=compose.yaml:./compose.prod.yaml", []),
        (
            '["compose.yaml", "compose.prod.yaml"]',
            "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=compose.yaml;compose.prod.yaml",
            [],
        ),
        ('"compose.yaml"', "COMPOSE_FILE=compose.yaml", []),
        ('"compose.yaml"', "COMPOSE_ENV_FILES=other.env\nCOMPOSE_PROJECT_DIRECTORY=elsewhere", []),
        ('"compose.yaml"', "COMPOSE_DISABLE_ENV_FILE=no", ["DEP009"]),
    ],
)  # fmt: skip
def test_files_that_the_command_would_read_instead_are_told(
    sources: str, beside: str, rules: list[str], project: MakeProject
) -> None:
    files = {"compose.yaml": ABOVE.replace("api:\n", "api:\n    image: x\n"), "compose.prod.yaml": ABOVE}
    assert told(project, sources, {**files, ".env": beside + "\n"})[0] == rules
