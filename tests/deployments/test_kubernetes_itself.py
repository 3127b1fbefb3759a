"""What Kubernetes' own types take of a pod's variables, as `kubectl` reads them without any cluster."""

import copy
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from app.core.findings import Fault
from app.deployments.expanding import Allowance
from app.deployments.kubernetes import read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests

KUBECTL = shutil.which("kubectl")
POD = """\
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  enableServiceLinks: false
  initContainers:
  - name: init
    env: [{ name: I, value: i }]
  containers:
  - name: api
    envFrom:
    - { prefix: P_, configMapRef: { name: cm, optional: true } }
    - secretRef: { name: sec }
    env:
    - { name: A, value: a }
    - { name: B, valueFrom: { configMapKeyRef: { name: cm, key: k, optional: true } } }
    - { name: C, valueFrom: { secretKeyRef: { name: sec, key: k } } }
    - { name: D, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
    - { name: E, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }
"""
PARTS = ("enableServiceLinks", "env", "envFrom")
OTHERS = ("word", "true", "5", True, 5, 1.5, [], {}, {"name": "x"}, ["a"], [{"name": "x"}])
WORDS = (
    "2026-01-01", "2026-1-1", "2026-01-01 10:00:00", "0o17", "08", "1_000", "oN", "y", "N", "OFF", "tRUE", "1:30x",
    ".5", "0x1F", "1e", "~", "=", ".inf", "+5", "1.", "1.5.", "!!str 5", "7e123456", "123e309", "1e308", "0x", "1,000",
    "'5'", "!!str 1", "!!str null", "!!int 1", "!!int '1'", "!!int abc", "!!float 1", "!!bool yes",
    "!!timestamp 2026-01-01", "! 1", "! true", "!Ref x", "!Ref 1", "!!foo 1", "!<tag:yaml.org,2002:int> 1",
    "!!binary aGVsbG8=", "!!map {a: b}",
)  # fmt: skip
SEED, COUNT = 18, 30


def said(text: str, folder: Path) -> str | None:
    """The first variable's text; None where the manifest is refused."""
    command = [KUBECTL or "", "set", "env", "--local", "-f", "-", "ADDED=1", "-o", "json"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    ran = subprocess.run(command, input=text, env=environ, capture_output=True, text=True, check=False)
    if ran.returncode:
        return None
    pod = json.loads(ran.stdout)["spec"]["containers"][0]
    return str(pod["env"][0].get("value", ""))


def told(text: str) -> tuple[list[Fault], Mapping[str, str | None]]:
    found = read_containers(read_manifests({"a.yaml": text}, ()), "a.yaml", Allowance())
    return list(found.faults), {name: one.value for name, one in found.runners[0].effective.items()}


def changes(node: Any, *, is_below: bool = False) -> Iterator[tuple[Any, Any]]:
    """Every place of a variable's, as what holds it and its key there."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if is_below or key in PARTS:
            yield node, key
        yield from changes(value, is_below=is_below or key in PARTS)


@pytest.mark.skipif(not KUBECTL, reason="there is no kubectl")
@pytest.mark.parametrize("word", WORDS)
def test_a_scalar_is_what_kubernetes_makes_of_it(word: str, tmp_path: Path) -> None:
    text = f"{POD[: POD.index('    envFrom')]}    env:\n    - name: A\n      value: {word}\n"
    faults, own = told(text)
    assert (None if faults else own["A"]) == said(text, tmp_path)


@pytest.mark.skipif(not KUBECTL, reason="there is no kubectl")
def test_what_kubernetes_types_refuse_is_told(tmp_path: Path) -> None:
    random, refused = Random(SEED), 0  # noqa: S311 - no secret depends on it
    for _ in range(COUNT):
        document = copy.deepcopy(yaml.safe_load(POD))
        holder, key = random.choice(list(changes(document)))
        holder[key] = copy.deepcopy(random.choice(OTHERS))
        text = yaml.safe_dump(document)
        if said(text, tmp_path) is None:
            refused += 1
            assert told(text)[0], text
    assert refused > COUNT / 4
