"""A body is the same bytes for the same values, and gives back what it was made of."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import MakeProject

from app.checking.check import validate
from app.core.tree import Leaf, Tree, in_order, leaves_of
from app.project.workspace import open_workspace
from app.releases.body import body_of, canonical, digest_of, tree_of
from app.releases.deliverable import deliverable
from app.reports.difference import comparable

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.datetimes() | st.dates() | st.times()
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | MOMENTS
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=10
)
TABLES = st.dictionaries(TEXTS.filter(bool), VALUES, max_size=4)


def tree(values: dict[str, Any]) -> Tree:
    leaves = [Leaf(path=path, value=value, source=path) for path, value in leaves_of(values) if path]
    return Tree(environment="production", leaves=tuple(in_order(leaves)))


@given(TABLES)
def test_a_body_gives_back_the_values_that_it_was_made_of(values: dict[str, Any]) -> None:
    before = tree(values)
    after = tree_of(body_of("orders", before, ()).content)
    assert [(leaf.path, comparable(leaf)) for leaf in after.leaves] == [
        (leaf.path, comparable(leaf)) for leaf in before.leaves
    ]


@given(TABLES)
def test_the_order_in_which_keys_stand_changes_no_byte(values: dict[str, Any]) -> None:
    turned = dict(reversed(values.items()))
    assert body_of("orders", tree(values), ()) == body_of("orders", tree(turned), ())


def test_kinds_of_numbers_are_told_apart() -> None:
    assert len({canonical(value) for value in (1, 1.0, True, "1")}) == 4


def test_the_digest_is_over_the_bytes() -> None:
    made = body_of("orders", tree({"port": 1}), ("password",))
    assert made.digest == digest_of(made.content)
    assert json.loads(made.content)["supplied"] == ["password"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), "datetime"),
        (date(2026, 1, 2), "date"),
        (time(3), "time"),
        (float("inf"), "float"),
    ],
)
def test_what_json_has_not_is_named_by_its_kind(value: Any, kind: str) -> None:
    made = json.loads(body_of("orders", tree({"a": [{"b.c": value}]}), ()).content)
    assert made["typed"] == {'a[0]."b.c"': kind}


FILES = {
    "assay.toml": 'merge_enabled = true\nload_dotenv = true\n[deployments]\nproduction = ["compose.yaml"]\n',
    "settings.toml": """\
[default]
port = 1
size = 2
mail = "x"
tokens = ["canary-a-secret-in-a-list", "canary-another-one"]
users = [{ name = "a" }, { name = "b", password = "canary-of-a-user" }]
""",
    "settings.local.toml": "[production]\nlocal = true\n",
    ".secrets.toml": '[production]\nhost = "canary-by-its-place"\nsize = 7\n',
    ".env": "DYNACONF_MAIL=canary-of-dotenv\n",
    "compose.yaml": "services:\n  web:\n    image: orders\n    environment:\n      DYNACONF_PORT: '3'\n",
}


def test_only_what_the_files_say_is_delivered(project: MakeProject) -> None:
    root = project(FILES).root
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_SIZE": "9", "DYNACONF_MORE": "x"}
    workspace = open_workspace(root, environ)
    verdict = validate(workspace, ["production"]).environments[0]
    found = deliverable(workspace, "production", verdict)
    assert {leaf.key: leaf.value for leaf in found.tree.leaves} == {"local": True, "port": 1}
    assert found.supplied == ("host", "mail", "size", "tokens", "users")
