"""What `kustomize build` refuses is told where it stands, and nothing else is."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.deployments.kubernetes.manifest_reading import read_manifests

KUBECTL = shutil.which("kubectl") or ""
FILE = "kustomization.yaml"
ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n"
GENERATOR = "configMapGenerator:\n- name: a\n"
OTHERS = {
    "one.yaml": ONE,
    "same.yaml": ONE,
    "default.yaml": ONE.replace("a }", "a, namespace: default }"),
    "other.yaml": ONE.replace("a }", "a, namespace: other }"),
    "secret.yaml": ONE.replace("ConfigMap", "Secret"),
    "twice.yaml": f"{ONE}---\n{ONE}",
    "base/kustomization.yaml": "resources: [one.yaml]\n",
    "base/one.yaml": ONE,
    "left/kustomization.yaml": "resources: [../base]\n",
    "right/kustomization.yaml": "resources: [../base]\n",
    "named/kustomization.yaml": "namePrefix: n-\nresources: [../base]\n",
    "e.env": "X=1\n",
    "double.env": "X=1\n\nX=2\n",
}
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n"
    "  - { name: api, image: x, env: [{ name: APP_X, value: x }], envFrom: [{ configMapRef: { name: a } }]}\n"
)
REFUSED: Mapping[str, str] = {
    "resources: [one.yaml, same.yaml]\n": "same.yaml:3:19",
    "resources: [one.yaml, default.yaml]\n": "default.yaml:3:19",
    "resources: [one.yaml, ./one.yaml]\n": f"{FILE}:1:23",
    "resources:\n- base\n- other.yaml\n- base/\n": f"{FILE}:4:3",
    "resources: [base]\nbases: [base]\n": f"{FILE}:2:9",
    "resources: [left, right]\n": f"{FILE}:1:19",
    "resources: [base/one.yaml, left]\n": f"{FILE}:1:28",
    "resources: [twice.yaml]\n": "twice.yaml:7:19",
    f"resources: [one.yaml]\n{GENERATOR}": f"{FILE}:3:9",
    f"resources: [one.yaml]\n{GENERATOR}  behavior: create\n": f"{FILE}:3:9",
    f"{GENERATOR}- name: a\n  literals: [X=1]\n": f"{FILE}:3:9",
    f"{GENERATOR}  behavior: merge\n": f"{FILE}:2:9",
    f"{GENERATOR}  literals: [X=1, X=2]\n": f"{FILE}:3:19",
    f"{GENERATOR}  literals: [X=1]\n  envs: [e.env]\n": "e.env:1:1",
    f"{GENERATOR}  envs: [double.env]\n": "double.env:3:1",
    f"{GENERATOR}  files: [X=e.env, X=double.env]\n": "double.env:1:1",
    f"{GENERATOR}  literals: ['=1']\n": f"{FILE}:3:14",
    f"{GENERATOR}  literals: ['word']\n": f"{FILE}:3:14",
}
BUILT = (
    "resources: [one.yaml, other.yaml, secret.yaml]\n",
    "resources: [base, named]\n",
    "resources: [other.yaml]\n" + GENERATOR,
    "resources: [one.yaml]\nsecretGenerator:\n- name: a\n  literals: [X=1]\n",
    f"resources: [one.yaml]\n{GENERATOR}  behavior: merge\n  literals: [X=2]\n",
    f"{GENERATOR}  literals: [X=1]\n- name: a\n  behavior: replace\n  literals: [X=2, Y=2]\n",
    f"{GENERATOR}  literals: [X=1]\n- name: b\n  literals: [X=1]\n",
)


def told(build: str) -> list[str]:
    files = {**OTHERS, FILE: build}
    manifests = {name: text for name, text in files.items() if name.endswith(".yaml")}
    found = read_manifests({"pod.yaml": POD, **manifests}, ("APP_",), read_file=files.get)
    return [str(fault.origin) for fault in found.faults if fault.rule == "DEP009"]


@pytest.mark.parametrize("build", REFUSED)
def test_what_kustomize_refuses_is_told_at_its_place(build: str) -> None:
    assert told(build) == [REFUSED[build]]


@pytest.mark.parametrize("build", BUILT)
def test_what_kustomize_builds_is_no_finding(build: str) -> None:
    assert told(build) == []


def test_of_what_is_refused_again_and_again_the_first_is_told_as_kustomize_does() -> None:
    generators = "- { name: a, literals: [X=1, X=2, X=3] }\n" * 100
    assert told(f"resources: [one.yaml, same.yaml, one.yaml]\nconfigMapGenerator:\n{generators}") == [
        f"{FILE}:3:30",
        "same.yaml:3:19",
    ]


@pytest.mark.skipif(not KUBECTL, reason="there is no kubectl: install kubernetes-client")
@pytest.mark.parametrize("build", [*REFUSED, *BUILT])
def test_kustomize_itself_says_so(build: str, tmp_path: Path) -> None:
    for name, text in {**OTHERS, FILE: build}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    command, environ = [KUBECTL, "kustomize", str(tmp_path)], {"PATH": os.environ["PATH"]}
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (ran.returncode != 0) == (build in REFUSED)
