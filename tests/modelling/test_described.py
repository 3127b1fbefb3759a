from typing import Annotated, Any, Optional

import pytest
from pydantic import BaseModel, Field, SecretStr

from app.core.layers import Path
from app.modelling.described import defaults_of_schema, shape_of_schema
from app.modelling.shape import Shape


class Pool(BaseModel):
    size: int = 5
    note: str | None = None


class Database(BaseModel):
    host: str
    password: SecretStr = SecretStr("x")
    pool: Pool = Field(default_factory=Pool)
    spare: Pool = Pool(size=7)
    other: Pool | None = None


class Tree(BaseModel):
    size: int = 1
    left: Optional["Tree"] = None
    children: list["Tree"] = []


class Everything(BaseModel):
    debug: bool = False
    names: list[str] = ["a"]
    tokens: list[SecretStr] = []
    servers: list[Database] = []
    limits: dict[str, Pool] = {}
    keys: dict[str, SecretStr] = {}
    free: dict[str, Any] = {}
    anything: Any = None
    either: Database | Pool | int = 3
    maybe: Annotated[SecretStr | None, Field(description="…")] = None
    database: Database
    tree: Tree


SHAPE = shape_of_schema(Everything.model_json_schema())


def at(*path: str | int) -> Shape:
    found = SHAPE.at(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("debug",), "other"),
        (("names",), "list"),
        (("servers",), "tables"),
        (("servers", 0, "host"), "text"),
        (("limits", "x", "size"), "other"),
        (("database", "POOL", "Size"), "other"),
        (("database", "other", "note"), "text"),
        (("either", "host"), "text"),
        (("either", "size"), "other"),
        (("tree", "left"), "other"),  # nothing is said about a model inside of itself
    ],
)
def test_every_key_has_its_kind(path: Path, kind: str) -> None:
    assert at(*path).kind == kind


@pytest.mark.parametrize(
    "path",
    [("prot",), ("database", "hosst"), ("limits", "x", "y"), ("servers", 0, "x"), ("debug", "x"), ("names", "x")],
)
def test_what_the_model_does_not_list_is_unknown(path: Path) -> None:
    assert SHAPE.at(path) is None


@pytest.mark.parametrize("path", [("free", "x", "y"), ("anything", 0, "x"), ("tree", "left", "left", "x", 1)])
def test_below_what_may_be_anything_everything_is_known(path: Path) -> None:
    assert at(*path).open


@pytest.mark.parametrize("path", [("tokens", 0), ("keys", "x"), ("maybe",), ("database", "password")])
def test_what_has_a_secrets_type_is_secret(path: Path) -> None:
    assert at(*path).secret


@pytest.mark.parametrize("path", [("names", 0), ("database", "host"), ("limits", "x"), ("either",)])
def test_what_has_none_is_not(path: Path) -> None:
    assert not at(*path).secret


def test_defaults_go_down_to_the_tables_that_have_no_value_of_their_own() -> None:
    values, models = defaults_of_schema(Everything.model_json_schema())
    assert values["database"] == {"pool": {"size": 5}, "spare": {"size": 7, "note": None}}
    assert values["names"] == ["a"]
    assert "maybe" not in values
    assert values["tree"] == {"size": 1, "children": []}
    assert (models[()], models["database", "pool"]) == ("Everything", "Pool")


def test_models_that_hold_each_other_many_times_are_read_in_no_time() -> None:
    table = {"type": "object", "properties": {f"p{n}": {"$ref": f"#/$defs/T{n}"} for n in range(40)}}
    shape = shape_of_schema({**table, "$defs": {f"T{n}": table for n in range(40)}})
    assert shape.at(("p1",)) is not None
