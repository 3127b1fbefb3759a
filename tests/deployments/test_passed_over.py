"""What a workload says that no variable comes from: no nodes are made of it, and nothing else is lost."""

from collections.abc import Container

import pytest

from app.deployments.nodes import Node, at, text
from app.deployments.yaml_reading import BrokenYamlError, parse

WORKLOAD = """\
metadata:
  labels: {app: orders}
  name: orders
spec:
  volumes:
    - name: held
      secret: {items: [{key: a, path: [b, c]}]}
    - []
  volumeMounts: none
  env: [{name: A, value: volumes}]
"""
UNSEEN = frozenset({"labels", "volumes", "volumeMounts"})


def only(source: str, passed_over: Container[str] = ()) -> Node:
    (root,) = parse(source, passed_over=passed_over)
    return root


def test_all_beside_it_stands_where_it_stood() -> None:
    whole, root = only(WORKLOAD), only(WORKLOAD, UNSEEN)
    for path in (("metadata", "name"), ("spec", "volumeMounts"), ("spec", "env")):
        assert at(root, *path) == at(whole, *path)
    for path in (("metadata", "labels"), ("spec", "volumes")):
        found, stood = at(root, *path), at(whole, *path)
        assert found
        assert stood
        assert (found.line, found.column) == (stood.line, stood.column)
        assert (found.pairs or [], found.items or []) == ([], [])


def test_an_anchor_in_it_is_found_elsewhere() -> None:
    root = only("labels: {app: &name orders}\nname: *name\n", UNSEEN)
    assert text(at(root, "name")) == "orders"


def test_what_is_broken_in_it_is_told() -> None:
    with pytest.raises(BrokenYamlError) as told:
        only("labels:\n  app: [\nname: x\n", UNSEEN)
    assert told.value.line == 4


def test_a_word_of_a_list_is_no_key() -> None:
    root = only("args: [labels, [x]]\n", UNSEEN)
    assert root == only("args: [labels, [x]]\n")
