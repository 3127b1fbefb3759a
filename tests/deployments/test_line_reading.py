"""Lines that say one thing each are what the parser finds in them, at the same lines and columns."""

from itertools import product
from random import Random

import pytest

from app.core import limits
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.line_reading import read_lines
from app.deployments.nodes import Node, at, items, text
from app.deployments.yaml_reading import BrokenYamlError, parse

WORKLOAD = """\
---
# Source: orders/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  annotations: {}
spec:
  replicas:
  template:
    spec:
      containers:
      - name: "api"
        image: 'registry.example.com:5000/orders:1.2.3'   # pinned

        args: [--port, "8000", $(WORD)]
        env:
          - name: ORDERS_RELAY
            value: mail.internal
          - { name: ORDERS_URL, value: "https://mail.example.com/a#b" }
        command:
        - sh
        - -c
        volumeMounts:
          - name: data
            mountPath: /data
      volumes:
      - emptyDir: {}
        name: data
      enableServiceLinks: false
"""
PLACES = (
    "key: {}\n", 'key: "{}"\nnext: one\n', "key: '{}'\n", "- {}\n- two\n", "- name: {}\n  value: more\n",
    "key: {{ name: {} }}\n", "key: [{}, two]\n", "- {{ name: a, value: {} }}\n", "key: {}  # about\n", "key:\n  {}\n",
    "key:\n  - {}\n  two\n", "key: {}\n  - two\n", "- {}\n  - two\n", "key: one\n{}\n", "{}: one\n",
    "text: |\n  key: {}\n", "text: 'begun\n  key: {}\n  ended'\n", "text: begun\n  - {}\n  ended\n", "---\nkey: {}\n",
    "--- {}\nkey: word\n", "key: word\n---\nkey: {}\n", "key: word\n...\n{}\n", "? key\n: {}\n", "<<: {}\n",
)  # fmt: skip
TEXTS = (
    "word", "two words", "two  words", "8080", "on", "null", "~", "1e3", "https://mail.example.com:25/x", "a: b",
    "a :b", "a:b", "a::b", "a:", ":a", "- a", "- a: b", "-a", "--a", "a- b", "a - b", "-", "a #b", "a#b", "#b", '"a"',
    '"a', "'a'", "'it''s'", "it's", '"', '"a\\nb"', "a, b", "[a]", "[a, b: c]", "[]", "{}", "{a: b}",
    "{a: b, c: [d]}", "{a}", "a]", "}", "|", ">-", "&at a", "*at", "!!int 5", "!!str 5", "!reset", "%a", "@a", "`a`",
    "a\tb", "\ta", "", " ", "---", "...", "é", "\xa0", "a\x85b", "a\u2028b", "a\n", "a\n b", "$(A)", "${A}",
    "{{ a }}", "<path:a#b>", "\\", "?a", "? a", "=", "a?b", "word " * 300, "key: a\nkey: b", "\ufeffa", "a\r", "\x00",
)  # fmt: skip
STARTS = ("", "- ", "key: ", "key:", "- key: ", "- key:", "-", "# ")
SAID = ("", "word", "'word'", '"8080"', "{}", "[a, b]", "{ a: b }", "a:b")
SEED, COUNT = 7, 4000


def parsed(document: str) -> list[Node] | None:
    try:
        return list(parse(document))
    except BrokenYamlError:
        return None


def test_a_workload_as_tools_print_it_is_read_by_its_lines() -> None:
    assert [read_lines(WORKLOAD, 1)] == parsed(WORKLOAD)
    assert [read_lines(WORKLOAD, 40)] == list(parse(WORKLOAD, 40))


@pytest.mark.parametrize("place", PLACES)
def test_whatever_stands_at_a_place_is_what_the_parser_finds_there(place: str) -> None:
    for said, other in product(TEXTS, ("", "key2: word\n")):
        document = place.format(said) + other
        found = read_lines(document, 1)
        if found is not None:
            assert [found] == parsed(document), document


def test_lines_in_any_order_are_what_the_parser_finds_in_them() -> None:
    random, read = Random(SEED), 0  # noqa: S311 - no secret depends on it
    for _ in range(COUNT):
        lines = (
            " " * random.choice((0, 0, 1, 2, 2, 4)) + random.choice(STARTS) + random.choice(SAID)
            for _ in range(random.randint(1, 6))
        )
        document = "\n".join(lines)
        found = read_lines(document, 1)
        if found is not None:
            read += 1
            assert [found] == parsed(document), document
    assert read > COUNT / 20


def test_what_is_nested_deeper_than_is_read_is_left_to_the_parser() -> None:
    for depth, is_read in ((limits.DEPTH.figure - 2, True), (limits.DEPTH.figure + 1, False)):
        document = "".join(f"{' ' * at}a:\n" for at in range(depth))
        assert (read_lines(document, 1) is not None) == is_read
        assert (parsed(document) is not None) == is_read


def test_what_nobody_looks_at_is_passed_over_with_all_lines_below_it() -> None:
    root = read_lines(WORKLOAD, 1, {"volumes", "volumeMounts", "command"})
    pod = at(root, "spec", "template", "spec")
    (container,) = items(at(pod, "containers"))
    assert [at(container, key) is not None for key in ("volumeMounts", "env", "command")] == [True] * 3
    assert [len(items(at(container, key))) for key in ("volumeMounts", "env", "command")] == [0, 2, 0]
    assert text(at(pod, "enableServiceLinks")) == "false"
    assert items(at(pod, "volumes")) == []


def test_a_kustomization_beside_containers_names_its_resources() -> None:
    files = {
        "kustomization.yaml": "resources:\n- base.yaml\n- base.yaml\nx:\n  containers: []\n",
        "base.yaml": WORKLOAD,
    }
    (fault,) = read_manifests(files, ()).faults
    assert (fault.rule, fault.origin and fault.origin.span and fault.origin.span.line) == ("DEP009", 3)
