"""Documents that wait until something names them: what is read does not depend on it.

A document with a backslash is read at once, since it may spell a name in other letters; in a comment it says nothing.
"""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deployments.expanding import Allowance
from app.deployments.kubernetes import read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.kubernetes.platform import service_links

NAMES = st.sampled_from(
    ["orders", "orders-env", "a.b", "'shared'", '"mail"', "123", "null", "&x db-main", "!!str orders", ">-\n    shared"]
)
DATA = st.sampled_from(
    ['data: { ORDERS_A: "1" }\n', "data:\n  ORDERS_A: on\n  text: |\n    name: of [\n", "stringData: { ORDERS_B: b }\n",
     "data: &d { ORDERS_A: b }\nmore: *d\n", "data: { ORDERS_A: '{{ x }}' }\n", "spec: { ports: [{ name: http }] }\n"]
)  # fmt: skip
METADATA = st.sampled_from(
    ["metadata: {{ name: {0} }}\n", "metadata:\n  name: {0}\n  namespace: other\n", "metadata:\n  name: #\n    {0}\n",
     'metadata: {{ "name":{0} }}\n', "metadata:\n  ? name\n  : {0}\n", "metadata: {{}}\n"]
)  # fmt: skip
KINDS = st.sampled_from(["ConfigMap", "Secret", "Service", "SealedSecret", "Role", "CustomResourceDefinition"])
HOLDERS = st.builds("kind: {}\n{}{}".format, KINDS, st.builds(str.format, METADATA, NAMES), DATA)
LISTS = st.lists(HOLDERS.map(lambda one: "- " + one.rstrip("\n").replace("\n", "\n  ") + "\n"), max_size=3).map(
    lambda found: "kind: List\nitems:\n" + "".join(found)
)
KINDS_OF_REFERENCES = st.sampled_from(["configMap", "secret"])
ENTRIES = st.one_of(
    st.builds("    - {{ name: ORDERS_K, valueFrom: {{ {}KeyRef: {{ name: {}, key: ORDERS_A }} }} }}\n".format,
              KINDS_OF_REFERENCES, NAMES.filter(lambda one: "\n" not in one and "&" not in one)),
    st.just('    - { name: ORDERS_L, value: "$(DB_MAIN_PORT) $(ORDERS_SERVICE_HOST)" }\n'),
)  # fmt: skip
REFERENCES = st.builds(
    "    - {}Ref:\n        name: {}\n".format, KINDS_OF_REFERENCES, NAMES.filter(lambda one: "\n" not in one)
)
PODS = st.builds(
    "kind: Pod\nspec:\n  containers:\n  - name: api\n    image: x\n    env:\n{}    envFrom:\n{}".format,
    st.lists(ENTRIES, min_size=1, max_size=3).map("".join),
    st.lists(REFERENCES, min_size=1, max_size=3).map("".join),
)
BROKEN = st.sampled_from(["kind: Secret\nx: [\n", "kind: Secret\nx: *no\n", f"kind: Secret\nx: {'[' * 70}{']' * 70}\n",
                          "kind: Secret\nx: {{ y }}\n", f"kind: Secret\nx:\n  {'- ' * 70}x\n"])  # fmt: skip
DOCUMENTS = st.lists(st.one_of(HOLDERS, HOLDERS, LISTS, PODS, PODS, BROKEN), min_size=1, max_size=8)
WORDS = st.sampled_from([("ORDERS_",), ("DB_",), ()])


def answer(documents: Sequence[str], between: str, words: tuple[str, ...]) -> Sequence[object]:
    """All that is said of documents."""
    found = read_manifests({"a.yaml": "".join(between + one for one in documents)}, words, {"a.yaml"})
    read = read_containers(found, "a.yaml", Allowance())
    return found.faults, read, [*service_links(found, read.runners, words)], found.starts("a.yaml")


@given(DOCUMENTS, WORDS)
def test_what_waits_is_found_where_it_is_named(documents: Sequence[str], words: tuple[str, ...]) -> None:
    assert answer(documents, "---\n", words) == answer(documents, "--- # \\\n", words)


POD = """\
kind: Pod
spec:
  containers:
  - { name: api, env: [{ name: ORDERS_A, valueFrom: { configMapKeyRef: { name: orders, key: a } } }] }
"""
SETS: Mapping[str, tuple[str, Sequence[str]]] = {
    "the map that is named": ("kind: ConfigMap\nmetadata: { name: orders }\n", ["Pod", "ConfigMap"]),
    "a map that nothing names": ("kind: ConfigMap\nmetadata: { name: other }\n", ["Pod"]),
    "a service": ("kind: Service\nmetadata: { name: mail }\nspec: { selector: { app: orders } }\n", ["Pod"]),
    "a service that bears the prefix": ("kind: Service\nmetadata: { name: orders-db }\n", ["Pod", "Service"]),
    "schemas of objects": (
        "kind: CustomResourceDefinition\nspec: { listKind: AList, x: { containers: 1 } }\n",
        ["Pod"],
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_only_what_is_named_is_parsed(name: str) -> None:
    document, kinds = SETS[name]
    found = read_manifests({"a.yaml": f"{POD}---\n{document}"}, ("ORDERS_",))
    assert [one.kind for one in found.documents] == kinds
