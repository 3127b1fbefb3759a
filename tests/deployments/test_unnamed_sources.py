"""A file that gives a project variables, where the option `deployments` says nothing, is told once, and cheaply."""

import pytest
from projects import MakeProject

OPTIONS = 'known_environments = ["development", "production"]\nenvvar_prefix = "ORDERS"\n'
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
spec: { template: { spec: { containers: [{ name: api, env: [{ name: ORDERS_RELAY, value: mail }] }] } } }
"""
FILES = {"assay.toml": OPTIONS, "settings.toml": "[production]\nrelay = 'x'\n"}


@pytest.mark.parametrize(
    ("file", "text", "variable"),
    [
        ("deploy/orders.yaml", MANIFEST, "ORDERS_RELAY"),
        ("k8s/orders.yml", MANIFEST, "ORDERS_RELAY"),
        ("compose.yaml", "services:\n  api:\n    environment: { ENV_FOR_DYNACONF: production }\n", "ENV_FOR_DYNACONF"),
        ("deploy/orders.service", "[Service]\nEnvironment=ORDERS_RELAY=mail\n", "ORDERS_RELAY"),
        ("Dockerfile", "FROM python\nENV DYNACONF_RELAY=mail\n", "DYNACONF_RELAY"),
    ],
)
def test_a_file_that_sets_a_variable_of_the_project_is_told(
    project: MakeProject, file: str, text: str, variable: str
) -> None:
    made = project(FILES | {file: text})
    told = made.assay("check")
    assert f"{file} sets {variable}, and deployments names no source." in told.err
    assert f'write deployments = {{ production = "{file}" }} into assay.toml' in told.err
    assert file not in told.out
    assert file not in made.assay("check", "--format", "json").err


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("deploy/orders.yaml", MANIFEST.replace("ORDERS_RELAY", "OTHERS_RELAY")),
        ("deploy/orders.yaml", MANIFEST.replace("ORDERS_RELAY", "MY_ORDERS_RELAY")),
        ("deploy/orders.yaml", MANIFEST.replace("ORDERS_RELAY", "OTHER") + "# ORDERS_RELAY\n"),
        ("deploy/orders.yaml", MANIFEST + "#" * 128 * 1024),
        ("elsewhere/orders.yaml", MANIFEST),
        ("mkdocs.yaml", "title: ORDERS_RELAY\n"),
        ("deploy/.env", "ORDERS_RELAY=mail\n"),
    ],
)
def test_what_sets_none_is_not_told_or_is_not_looked_for(project: MakeProject, file: str, text: str) -> None:
    assert project(FILES | {file: text}).assay("check").err == ""


def test_a_project_that_states_the_option_is_told_nothing(project: MakeProject) -> None:
    for said in ("{}", '{ production = "deploy/orders.yaml" }'):
        options = f"{OPTIONS}deployments = {said}\n"
        assert project(FILES | {"assay.toml": options, "deploy/orders.yaml": MANIFEST}).assay("check").err == ""


def test_another_source_of_one_call_is_no_reason_to_tell(project: MakeProject) -> None:
    made = project(FILES | {"deploy/orders.yaml": MANIFEST})
    assert made.assay("check", "production", "--deployment", "deploy/orders.yaml").err == ""
