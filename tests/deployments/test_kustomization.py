"""What generators of a kustomization put into a ConfigMap, as kustomize itself does."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from projects import MakeProject

from app.core.findings import Fault
from app.deployments.expanding import Allowance
from app.deployments.kubernetes import Containers, read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests

KUBECTL = shutil.which("kubectl") or ""
POD = (
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
    "  - { name: api, image: x, env: [{ name: APP_X, value: x }], envFrom: [{ configMapRef: { name: a } }] }\n"
)
OPTIONS = """\
known_environments = ["production"]
envvar_prefix = "APP"
[deployments]
production = ["pod.yaml", "kustomization.yaml"]
"""
GENERATOR = "configMapGenerator:\n- name: a\n"
OVER = "resources: [base]\n" + GENERATOR
BASE = {"base/kustomization.yaml": f"{GENERATOR}  literals: [APP_A=1, APP_B=1]\n"}
BUILT: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "lines of a file": (
        {"kustomization.yaml": f"{GENERATOR}  envs: [e.env]\n",
         "e.env": "\ufeffAPP_A=b=c #d\n# no\n  APP_B= 'x' \r\n\nAPP_C=\n"},
        {"APP_A": "b=c #d", "APP_B": " 'x' ", "APP_C": ""},
    ),
    "whole files": (
        {"kustomization.yaml": f"{GENERATOR}  files: [sub/APP_A, APP_B=f.txt]\n", "sub/APP_A": "x", "f.txt": "a\nb\n"},
        {"APP_A": "x", "APP_B": "a\nb\n"},
    ),
    "one word for one file": (
        {"kustomization.yaml": f"{GENERATOR}  env: e.env\n  literals: [APP_B=2]\n", "e.env": "APP_A=1"},
        {"APP_A": "1", "APP_B": "2"},
    ),
    "merged": (
        {**BASE, "kustomization.yaml": f"{OVER}  behavior: merge\n  literals: [APP_B=2, APP_C=3]\n"},
        {"APP_A": "1", "APP_B": "2", "APP_C": "3"},
    ),
    "replaced": (
        {**BASE, "kustomization.yaml": f"{OVER}  behavior: replace\n  literals: [APP_B=2]\n"},
        {"APP_B": "2"},
    ),
}  # fmt: skip


def read(files: Mapping[str, str]) -> tuple[Containers, tuple[Fault, ...]]:
    manifests = {name: text for name, text in sorted(files.items()) if name.endswith(".yaml")}
    found = read_manifests({"pod.yaml": POD, **manifests}, ("APP_",), read_file=files.get)
    return read_containers(found, "pod.yaml", Allowance()), found.faults


@pytest.mark.parametrize("name", BUILT)
def test_a_generated_map_gives_what_kustomize_puts_there(name: str) -> None:
    files, built = BUILT[name]
    found, faults = read(files)
    assert (found.faults, faults) == ((), ())
    values = {name: one.value for name, one in found.runners[0].effective.items()}
    assert values == {"APP_X": "x", **built}


@pytest.mark.skipif(not KUBECTL, reason="there is no kubectl: install kubernetes-client")
@pytest.mark.parametrize("name", BUILT)
def test_kustomize_itself_puts_that_there(name: str, tmp_path: Path) -> None:
    files, built = BUILT[name]
    for file, text in files.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(text.encode())
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    ran = subprocess.run([KUBECTL, "kustomize", str(tmp_path)], capture_output=True, check=True, env=environ)
    assert yaml.safe_load(ran.stdout)["data"] == built


@pytest.mark.parametrize("path", ["../e.env", "/etc/hostname", "https://example.com/e.env", "sub/../../e.env"])
def test_what_kustomize_does_not_read_is_open_and_not_read(path: str) -> None:
    found, faults = read({"deploy/kustomization.yaml": f"{GENERATOR}  envs: ['{path}']\n", "e.env": "APP_A=canary"})
    assert faults == ()
    assert "APP_A" not in found.runners[0].effective
    assert found.runners[0].open


def test_a_file_that_is_missing_is_told_at_its_place() -> None:
    _, faults = read({"kustomization.yaml": f"{GENERATOR}  files: [gone.txt]\n"})
    assert [(one.rule, str(one.origin)) for one in faults] == [("DEP002", "kustomization.yaml:3:11")]


def test_a_name_alone_is_the_operators() -> None:
    found, _ = read({"kustomization.yaml": f"{GENERATOR}  envs: [e.env]\n", "e.env": "APP_A\n"})
    assert found.runners[0].effective["APP_A"].value is None


def test_a_chain_of_merges_takes_no_more_than_its_length() -> None:
    one = f"- {{ name: a, behavior: merge, literals: [{', '.join(f'APP_{n}=x' for n in range(50))}] }}\n"
    found, _ = read({"kustomization.yaml": f"configMapGenerator:\n{one * 3000}"})
    assert len(found.runners[0].effective) == 51


def test_files_that_are_named_again_and_again_are_told() -> None:
    more = "- { name: a, behavior: merge, envs: [e.env] }\n" * 2000
    lines = "".join(f"APP_{number}=x\n" for number in range(1000))
    _, faults = read({"kustomization.yaml": f"{GENERATOR}{more}", "e.env": lines})
    assert [one.rule for one in faults] == ["DEP009"]


def test_a_link_out_of_the_project_is_told_and_not_followed(project: MakeProject) -> None:
    files = {
        "settings.toml": "[production]\nx = 1\n",
        "pod.yaml": POD,
        "kustomization.yaml": f"{GENERATOR}  envs: [e.env]\n",
    }
    made = project(files)
    made.write({"assay.toml": OPTIONS})
    outside = made.root.parent / "outside.env"
    outside.write_text("APP_Y=canary\n")
    (made.root / "e.env").symlink_to(outside)
    said = made.assay("check", "production").out
    assert "e.env cannot be read" in " ".join(said.split())
    assert "canary" not in made.assay("show", "production").out
