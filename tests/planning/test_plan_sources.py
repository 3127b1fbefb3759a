"""What a deployment leaves to its host, its cluster or its build: another reference is another value."""

from typing import Any

import pytest
from histories import Files, history
from projects import MakeProject, ProjectFolder

OPTIONS = 'known_environments = ["production"]\ndeployments = {{ production = "{}" }}\n'
HEAD = """\
apiVersion: v1
kind: Pod
metadata: {{ name: orders }}
spec:
  containers:
    - name: api
      env:
"""
POD = (
    HEAD
    + """\
        - {{ name: BASE, valueFrom: {{ fieldRef: {{ fieldPath: status.podIP }} }} }}
        - {{ name: OTHER, valueFrom: {{ fieldRef: {{ fieldPath: status.hostIP }} }} }}
        - {{ name: DYNACONF_URL, value: "{}" }}
"""
)
HELD = (
    HEAD
    + """\
        - {{ name: DYNACONF_URL, valueFrom: {{ secretKeyRef: {{ name: held, key: url }} }} }}
---
"""
)
FILLED = HELD + "apiVersion: v1\nkind: Secret\nmetadata: {{ name: held }}\nstringData: {{ url: '{}' }}\n"
SEALED = HELD + "kind: SealedSecret\nmetadata: {{ name: held }}\nspec: {{ encryptedData: {{ url: {} }} }}\n"
EXTERNAL = (
    HELD
    + """\
kind: ExternalSecret
metadata: {{ name: held }}
spec:
  data:
    - {{ secretKey: url, remoteRef: {{ key: {} }} }}
"""
)
COMPOSE = "services:\n  orders:\n    environment:\n      DYNACONF_URL: {}\n"
SERVICE = "[Service]\nExecStart=/bin/orders\nEnvironment=DYNACONF_URL={}\n"
CONTAINER = "[Container]\nImage=orders\nEnvironment=DYNACONF_URL={}\n"
LEFT: dict[str, tuple[str, str, str, str]] = {
    "a variable of the operator": ("compose.yaml", COMPOSE, "${A}", "${B}"),
    "what stands around it": ("compose.yaml", COMPOSE, "http://${A}", "https://${A}"),
    "the word in its stead": ("compose.yaml", COMPOSE, "${A:-x}-${B}", "${A:-y}-${B}"),
    "a specifier": ("orders.service", SERVICE, "%H", "%m"),
    "a specifier of Podman's": ("orders.container", CONTAINER, "%H", "%m"),
    "an argument of the build": ("Dockerfile", "FROM python\nARG A\nARG B\nENV DYNACONF_URL={}\n", "$A", "$B"),
    "what a shell works out": ("dump.sh", "export DYNACONF_URL={}\n", '"$A"', '"$B"'),
    "another variable of the cluster": ("pod.yaml", POD, "$(BASE)", "$(OTHER)"),
    "what is around a variable of the cluster": ("pod.yaml", POD, "http://$(BASE)", "https://$(BASE)"),
    "what a tool fills in": ("pod.yaml", POD, "<path:a/b#c>", "<path:a/b#d>"),
    "what a tool fills a Secret with": ("pod.yaml", FILLED, "<path:a/b#c>", "<path:a/b#d>"),
    "what is sealed": ("pod.yaml", SEALED, "AgA1", "AgB2"),
    "the place that a Secret is made from": ("pod.yaml", EXTERNAL, "a/b", "a/c"),
}


def deferred(made: ProjectFolder, revisions: str = "HEAD~1..HEAD") -> tuple[Any, Any]:
    """What is gone and what is new of what production's deployment supplies, with what tells its source."""
    found = made.assay("plan", revisions, "--only", "production", "--format", "json").json["environments"][0]
    sides = [[(one["key"], one["supplied"]["via"]) for one in found["deferred"][side]] for side in ("gone", "new")]
    assert found["status"] == "changed" or not any(sides)
    return sides[0], sides[1]


def changed(project: MakeProject, file: str, *steps: Files) -> ProjectFolder:
    made = project({})
    first, *others = steps
    base = {"settings.toml": "[default]\nurl = 'x'\n", "assay.toml": OPTIONS.format(file)}
    history(made.root, {**base, **first}, *others)
    return made


@pytest.mark.parametrize("case", LEFT)
def test_another_reference_is_told_and_the_same_elsewhere_is_not(project: MakeProject, case: str) -> None:
    file, text, older, newer = LEFT[case]
    moved = {file: None, f"elsewhere/{file}": text.format(newer), "assay.toml": OPTIONS.format(f"elsewhere/{file}")}
    made = changed(project, file, {file: text.format(older)}, {file: text.format(newer)}, moved)
    gone, new = deferred(made, "HEAD~2..HEAD~1")
    assert [key for key, _ in gone] == [key for key, _ in new] == ["url"]
    assert deferred(made, "HEAD~1..HEAD") == ([], [])


def test_what_is_known_of_a_reference_is_a_part_of_it(project: MakeProject) -> None:
    text = COMPOSE.format('"${HOST}:${PORT}"')
    made = changed(project, "compose.yaml", {"compose.yaml": text, ".env": "PORT=1\n"}, {".env": "PORT=2\n"})
    gone, new = deferred(made)
    assert gone == new == [("url", "the operator's environment: HOST")]


def test_the_source_is_told_by_the_names_of_what_is_left_open(project: MakeProject) -> None:
    older, newer = (COMPOSE.format(said) for said in ("${A:-hunter2}-${Z}", '"${A}${B}${C}${D}$$E"'))
    gone, new = deferred(changed(project, "compose.yaml", {"compose.yaml": older}, {"compose.yaml": newer}))
    assert gone == [("url", "the operator's environment: A, Z")]
    assert new == [("url", "the operator's environment: A, B, C, …")]
