"""What a Pydantic model says about its keys, read from its class."""

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app.core.layers import Path
from app.core.legible import quoted
from app.core.roles import Role
from app.modelling.shape import Shape

_SAMPLES: Mapping[Any, str] = {bool: "true", int: "1", float: "1.5"}


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
        return Shape(kind="list", role=role, sample=_SAMPLES.get(item, ""))
    is_text = annotation in {str, SecretStr} or (
        origin is Literal and all(isinstance(a, str) for a in get_args(annotation))
    )
    sample = quoted(get_args(annotation)[0]) if origin is Literal and is_text else _SAMPLES.get(annotation, "")
    return Shape(kind="text" if is_text else "other", role=role, sample=sample)


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
