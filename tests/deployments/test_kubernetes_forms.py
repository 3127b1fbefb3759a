"""Variables of a container that have a form which Kubernetes does not take are told, and not lost in silence."""

import pytest

from app.deployments.expanding import Allowance
from app.deployments.kubernetes import read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests

POD = "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n  - name: api\n    image: x\n"
ENTRY = "    - { name: APP_A, value: a }\n"


def told(said: str) -> list[tuple[str, str]]:
    found = read_containers(read_manifests({"a.yaml": POD + said}, ()), "a.yaml", Allowance())
    assert all("s3cret" not in fault.message + fault.fix for fault in found.faults)
    return [(fault.rule, str(fault.origin)) for fault in found.faults]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("    env:\n    - APP_A=s3cret\n", "a.yaml:9:7"),
        ("    env:\n      APP_A: s3cret\n", "a.yaml:9:7"),
        ("    env: s3cret\n", "a.yaml:8:10"),
        ("    envFrom:\n      configMapRef: { name: a, optional: true }\n", "a.yaml:9:7"),
        ("    env:\n    - { name: APP_A, value: { a: s3cret } }\n", "a.yaml:9:29"),
        ("    env:\n    - { name: APP_A, value: [s3cret] }\n", "a.yaml:9:29"),
        (
            "    env:\n    - name: APP_A\n      value: s3cret\n      valueFrom: { fieldRef: { fieldPath: a } }\n",
            "a.yaml:10:14",
        ),
        (f"    env:\n{ENTRY}    env:\n{ENTRY}", "a.yaml:10:5"),
        ("    env:\n    - name: APP_A\n      value: a\n      value: b\n", "a.yaml:11:7"),
        (f"    env:\n{ENTRY}    -\n", "a.yaml:10:6"),
        ("    env:\n    - { name: APP_A, vlaue: s3cret }\n", "a.yaml:9:22"),
        ("    env:\n    - APP_A: s3cret\n", "a.yaml:9:7"),
        ("    env:\n    - value: s3cret\n", "a.yaml:9:7"),
        ("    env:\n    - { name: APP_A, valueFrom: {} }\n", "a.yaml:9:33"),
        ("    env:\n    - { name: APP_A, valueFrom: s3cret }\n", "a.yaml:9:33"),
        ("    env:\n    - { name: APP_A, valueFrom: { secretKeyRef: { name: s } } }\n", "a.yaml:9:49"),
        ("    env:\n    - { name: APP_A, valueFrom: { secretKeyRef: s3cret } }\n", "a.yaml:9:49"),
        (
            "    env:\n    - { name: APP_A, valueFrom: { secretKeyRef: { name: s, key: k, optional: 'true' } } }\n",
            "a.yaml:9:78",
        ),
        (
            "    env:\n    - { name: A, valueFrom: { secretKeyRef: {name: s, key: k}, fieldRef: {fieldPath: f} } }\n",
            "a.yaml:9:29",
        ),
        ("    env:\n    - { name: on, value: a }\n", "a.yaml:9:15"),
        ("    envFrom:\n    - secretRef: s3cret\n", "a.yaml:9:18"),
        ("    envFrom:\n    - secretref: { name: s }\n", "a.yaml:9:7"),
        ("    envFrom:\n    - { secretRef: { name: s }, prefix: 5 }\n", "a.yaml:9:41"),
        ("    envFrom:\n    - { secretRef: { name: s }, configMapRef: { name: c, optional: true } }\n", "a.yaml:9:7"),
        ("    envfrom:\n    - secretRef: { name: s }\n", "a.yaml:8:5"),
        ("  - name: beside\n    env: s3cret\n", "a.yaml:9:10"),
        ("  initContainers:\n  - { name: first, env: s3cret }\n", "a.yaml:9:25"),
        ("  enableServiceLinks: 'false'\n", "a.yaml:8:23"),
    ],
)
def test_another_form_is_told(said: str, place: str) -> None:
    assert told(said) == [("DEP009", place)]


@pytest.mark.parametrize(
    "said",
    [
        f"    env:\n{ENTRY}",
        "    env:\n    envFrom:\n",
        "    env: []\n",
        "    env:\n    - { name: APP_A }\n    - { name: APP_B, value: }\n",
        "    env:\n    - { name: APP_A, value: '', valueFrom: { fieldRef: { fieldPath: a } } }\n",
        "    env:\n    - { name: APP_A, value: a, valueFrom: }\n",
        "    env:\n    - { name: APP_A, valueFrom: { resourceFieldRef: { resource: limits.cpu, divisor: 1 } } }\n",
        "    env:\n    - { name: APP_A, valueFrom: { secretKeyRef: { name: s, key: k, optional: on } } }\n",
        "    env:\n    - { name: APP_A, valueFrom: { secretKeyRef: { name: s, key: k, optional: '${A}' } } }\n",
        "  enableServiceLinks: no\n",
        "    <<: { env: [{ name: APP_A, value: a }] }\n",
        "    <<: { env: [{ name: APP_A, value: a }] }\n    env: []\n",
    ],
)
def test_forms_that_are_taken_are_not(said: str) -> None:
    assert told(said) == []


@pytest.mark.parametrize(
    ("said", "value", "rules"),
    [
        ("!!str 1", "1", []),
        ("! true", "true", []),
        ("!Ref 5", "5", []),
        ("!!binary aGVs\n        bG8=", "hello", []),
        ("!!int '5'", "5", ["DEP007"]),
        ("!!float 5", "5", ["DEP007"]),
        ("!!bool yes", "yes", ["DEP007"]),
    ],
)
def test_a_tag_says_what_a_text_is_to_kubernetes(said: str, value: str, rules: list[str]) -> None:
    text = f"{POD}    env:\n    - name: APP_A\n      value: {said}\n"
    found = read_containers(read_manifests({"a.yaml": text}, ()), "a.yaml", Allowance())
    assert [one.value for one in found.runners[0].variables] == [value]
    assert [fault.rule for fault in found.faults] == rules


def test_binary_text_that_is_no_base64_is_no_yaml() -> None:
    text = f"{POD}    env:\n    - name: APP_A\n      value: !!binary s3cret!\n"
    (fault,) = read_manifests({"a.yaml": text}, ()).faults
    assert (fault.rule, str(fault.origin)) == ("DEP009", "a.yaml:10:14")
    assert "s3cret" not in fault.message + fault.fix


BESIDE = "kind: Pod\nmetadata: { name: other }\nspec:\n  containers:\n    - { name: api, image: x }\n---\n"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("kind: Pod\nspec:\n  containers: { name: api }\n", ["a.yaml:9:15"]),
        ("kind: Pod\nspec:\n  containers: api\n", ["a.yaml:9:15"]),
        ("kind: Pod\nspec:\n  initContainers: { name: api }\n  containers: [{ name: api }]\n", ["a.yaml:9:19"]),
        ("kind: Pod\nspec:\n  containers:\n", []),
        ("kind: Sidecars\nspec:\n  containers: { api: x }\n", []),
    ],
)
def test_containers_that_are_no_list_are_told_beside_a_workload_that_has_some(said: str, place: list[str]) -> None:
    found = read_containers(read_manifests({"a.yaml": BESIDE + said}, ()), "a.yaml", Allowance())
    assert [str(fault.origin) for fault in found.faults] == place
