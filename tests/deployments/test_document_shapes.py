"""Documents of one shape say what each of them says alone, at the same lines and columns."""

from itertools import product

import pytest

from app.deployments.kubernetes.document_shapes import DocumentShapes
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.yaml_reading import parse

PLACES = (
    "key: {}\n",
    'key: "{}"\nnext: one\n',
    "- {}\n- two\n",
    "- name: {}\n  value: more\n",
    "key: {{ name: {} }}\n",
    "key: [a,\n  b: {}]\nnext: one\n",
    "text: |\n  key: {}\n  other: word\nnext: one\n",
    'text: "begun\n  key: {}\n  ended"\nnext: one\n',
    "text: begun\n  - {}\n  ended\nnext: one\n",
    "text: >-\n  - {}\nnext: one\n",
    "# about: {}\nkey: word\n",
    "key: {}\r\nnext: one\r\n",
    "key: {}\n--- \nnext: word\n",
    "? key: {}\n: word\n",
)
TEXTS = (
    "word", "two words", "8080", "on", "null", "~", "1e3", "https://mail.example.com:25/x", "a: b", "a :b", "a:b",
    "a::b", "a:", "- a", "a- b", "a - b", "-", "a #b", "a#b", "#b", '"a"', "'a'", "it's", '"', "a, b", "[a]", "{a: b}",
    "a]", "}", "|", ">-", "&at a", "*at", "!!int 5", "!reset", "%a", "@a", "`a`", "a\tb", "\ta", "", "---", "...", "é",
    "\xa0", "\ue0000\ue001", "a\n", "a\n b", "$(A)", "{{ a }}", "<path:a#b>", "\\", "word " * 300,
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_whatever_stands_at_a_place_is_what_the_parser_alone_finds_there(place: str) -> None:
    shapes = DocumentShapes()
    for first in ("zero", "first"):
        shapes.roots(place.format(first))
    for text, other in product(TEXTS, ("", "key2: word\n")):
        document = place.format(text) + other
        found = shapes.roots(document)
        if found is None:
            continue
        assert found == list(parse(document))


def test_the_third_document_of_a_shape_shares_what_it_says_like_the_second() -> None:
    shapes = DocumentShapes()
    one, two, three = (f"metadata: {{ name: {name} }}\nspec:\n  ports:\n    - 80\n" for name in "abc")
    assert shapes.roots(one) is None
    second, third = shapes.roots(two), shapes.roots(three)
    assert second
    assert third
    (_, below), (_, beside) = (root.pairs[1] for root in (second[0], third[0]) if root.pairs)
    assert below is beside


@pytest.mark.parametrize("text", ["a: &at {}\nb: *at\n", "a: {}\n b: c\n", "a: {}\nb: '{{{{ x }}}}'\n"])
def test_what_repeats_itself_or_is_broken_or_a_template_has_no_shape(text: str) -> None:
    shapes = DocumentShapes()
    for name in ("one", "two", "three"):
        assert shapes.roots(text.format(name)) is None


def test_a_broken_document_among_many_of_its_shape_is_told_at_its_place() -> None:
    pods = [f"kind: Pod\nspec:\n  containers:\n    - name: {name}\n" for name in ("a", "b", "c", "d: e", "f")]
    (fault,) = read_manifests({"a.yaml": "---\n".join(pods)}, ()).faults
    assert str(fault.origin) == "a.yaml:19:14"
