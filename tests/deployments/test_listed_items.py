"""Items of what `kubectl get -o yaml` prints are read one by one, and say what they say in their list."""

from itertools import product

import pytest

from app.deployments.kubernetes.listed_items import listed_items
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.nodes import Node, at, items
from app.deployments.yaml_reading import BrokenYamlError, parse

HEADS = ("apiVersion: v1\nitems:\n", "---\n# all\nkind: List\napiVersion: v1\nitems:\n")
TAILS = (
    "",
    "kind: List\n",
    'kind: List\nmetadata:\n  resourceVersion: ""\n  selfLink: ""\n',
    "metadata: {}\nkind: List",
    "kind: ConfigMapList\n",
    "items: []\nkind: List\n",
    "kind: List\nitems:\n- a: b\n",
    "  kind: List\n",
)
TEXTS = (
    "- apiVersion: v1\n  kind: Pod\n- kind: Secret\n",
    "- kind: Pod\n  spec:\n    containers:\n    - name: a\n- kind: Pod\n",
    "- text: |\n    - kind: List\n\n    kind: List\n- kind: Pod\n",
    '- text: "begun\n    - and\n    ended"\n- kind: Pod\n',
    '- text: "begun\n- and"\n- kind: Pod\n',
    "- text: 'begun\n\n- a: ''b''\n\n- ended'\n- kind: Pod\n",
    "- text: {a: [b,\n- c]}\n- kind: Pod\n",
    "- text: word\n    more\n- kind: Pod\n",
    "-   kind: Pod\n    more: a\n- {kind: Pod}\n- - a\n  - b\n-\n  kind: Pod\n- word\n",
    "- text: &at word\n- text: *at\n",
    "- kind: Pod\n...\n- kind: Pod\n",
    "- kind: Pod\n# about it\n- kind: Pod # more\n\n",
    "- kind: Pod\nother: word\n",
    "- kind: Pod\n more: word\n",
    "- kind: Pod\n- text: [\n",
    "",
)


def _roots(text: str) -> list[Node] | None:
    try:
        return list(parse(text))
    except BrokenYamlError:
        return None


@pytest.mark.parametrize("text", TEXTS)
def test_items_say_what_the_list_says_that_is_read_whole(text: str) -> None:
    for head, tail in product(HEADS, TAILS):
        whole = head + text + tail
        found = list(listed_items(whole))
        if len(found) == 1:
            assert found == [(0, whole)]
            continue
        read = [root for above, item in found for root in parse(item, above + 1)]
        (root,) = _roots(whole) or [None]
        assert read == items(at(root, "items"))


def test_what_kubectl_prints_is_taken_apart() -> None:
    pod = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: {}\n  spec: {{ containers: [] }}\n"
    whole = HEADS[0] + pod.format("a") + pod.format("b") + TAILS[2]
    assert [above for above, _ in listed_items(whole)] == [2, 7]
    assert [(one.name, str(one.place(one.root))) for one in read_manifests({"a.yaml": whole}, ()).documents] == [
        ("a", "a.yaml:3:3"), ("b", "a.yaml:8:3"),
    ]  # fmt: skip


def test_an_item_that_is_broken_is_told_though_it_is_none_of_ours() -> None:
    whole = HEADS[0] + "- kind: Pod\n  spec: { containers: [] }\n- kind: Role\n  rules: [\n" + TAILS[1]
    (fault,) = read_manifests({"a.yaml": whole}, ("ORDERS_",)).faults
    assert fault.hides == "does not parse"
