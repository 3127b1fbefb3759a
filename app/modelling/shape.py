"""What a model says about its keys, in a form that needs no Pydantic to be asked."""

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, field
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.core.layers import Path
from app.core.roles import SECRET_ROLES, Role

type Kind = Literal["table", "text", "list", "tables", "other"]


class Shape(Struct, frozen=True, kw_only=True, dict=True):
    """One key of a model.

    Attributes:
        kind: a table, a text, a list, a list of tables, or something else.
        model: the class that declares the key's fields, for tables.
        role: what the model says the value is for.
        secret: whether the model's type says that it is a secret, though not which.
        fields: the keys below, for tables and for each table of a list.
        rest: what every other key below is; None where there is no other.
        open: whether the model says nothing about what is below.
        ignores: whether the model passes over keys that it does not know, so that nobody hears of a misspelled one.
        required: whether a project's own model asks for a value, having none by itself.
        url: whether it is a text that the model takes apart as a URL, and puts together again (`PostgresDsn`).
    """

    kind: Kind
    model: str = ""
    role: Role | None = None
    secret: bool = False
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    rest: "Shape | None" = None
    open: bool = False
    ignores: bool = False
    required: bool = False
    url: bool = False

    @cached_property
    def holds_secret(self) -> bool:
        """Whether it is a secret, or something below it is one."""
        inner = [*self.fields.values(), *([self.rest] if self.rest else [])]
        return self.secret or self.role in SECRET_ROLES or any(shape.holds_secret for shape in inner)

    def at(self, path: Path) -> "Shape | None":
        """The shape of a path, whatever its case; None where the model knows no such key."""
        shape: Shape | None = self
        for part in path:
            if shape is None or shape.open:
                return shape
            if isinstance(part, int):
                shape = shape if shape.kind in {"list", "tables"} else None
            else:
                name = shape.spelled(part)
                shape = shape.fields[name] if name else shape.rest
        return shape

    def spelled(self, part: str) -> str | None:
        """The field's own spelling of a key part."""
        folded = part.casefold()
        return (
            folded if folded in self.fields else next((name for name in self.fields if name.casefold() == folded), None)
        )

    def walk(self, above: Path = ()) -> Iterator[tuple[Path, "Shape"]]:
        """Every key below, with its path; tables of lists excepted."""
        for name, shape in self.fields.items():
            yield (*above, name), shape
            if shape.kind == "table":
                yield from shape.walk((*above, name))


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a model, read once a class."""
    fields = {name: _field(info) for name, info in model.model_fields.items()}
    return Shape(kind="table", model=model.__name__, fields=fields)


def _field(info: FieldInfo) -> Shape:
    roles = [item for item in info.metadata if isinstance(item, Role)]
    roles += list(_annotated_roles(info.annotation))
    return _of(info.annotation, roles[0] if roles else None)


def _annotated_roles(annotation: Any) -> Iterator[Role]:
    for inner in get_args(annotation):
        if isinstance(inner, Role):
            yield inner
        elif get_origin(inner) is Annotated or get_origin(inner) in {Union, types.UnionType}:
            yield from _annotated_roles(inner)


def _of(annotation: Any, role: Role | None) -> Shape:
    annotation = _unwrapped(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    origin = get_origin(annotation)
    if origin in {list, tuple, set, frozenset}:
        item = _unwrapped(get_args(annotation)[0])
        if isinstance(item, type) and issubclass(item, BaseModel):
            return Shape(kind="tables", model=item.__name__, role=role, fields=shape_of(item).fields)
        return Shape(kind="list", role=role)
    is_text = annotation in {str, SecretStr} or (
        origin is Literal and all(isinstance(a, str) for a in get_args(annotation))
    )
    return Shape(kind="text" if is_text else "other", role=role)


def _unwrapped(annotation: Any) -> Any:
    """The annotation without `Annotated`, aliases and `| None`."""
    while True:
        if isinstance(annotation, typing.TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, types.UnionType}:
            real = [arg for arg in get_args(annotation) if arg is not type(None)]
            if len(real) != 1:
                return annotation
            annotation = real[0]
        else:
            return annotation


def defaults_of(model: type[BaseModel]) -> tuple[dict[str, Any], dict[Path, str]]:
    """The values that a model gives where nothing is set, and the class that declares each table."""
    models: dict[Path, str] = {}
    return _defaults(model, (), models), models


def _defaults(model: type[BaseModel], path: Path, models: dict[Path, str]) -> dict[str, Any]:
    models[path] = model.__name__
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = _unwrapped(info.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            values[name] = _defaults(inner, (*path, name), models)
        elif info.default is not PydanticUndefined and info.default is not None:
            values[name] = list(info.default) if isinstance(info.default, list) else info.default
    return values
