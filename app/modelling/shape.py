"""What a model says about its keys, in a form that needs no Pydantic to be asked."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from app.core.layers import Path, dotted
from app.core.roles import SECRET_ROLES, Role

_TEXT = '"…"'

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
        sample: a value that it might have, or for lists an item, as TOML spells it; empty where the kind says enough.
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
    sample: str = ""

    @cached_property
    def example(self) -> str:
        """A value of its type as TOML spells it, for somebody to write another in its place: `1`, `["…"]`."""
        if self.kind in {"table", "tables"}:
            asked = (f"{dotted((name,))} = {one.example}" for name, one in self.fields.items() if one.required)
            table = f"{{ {', '.join(asked)} }}".replace("{  }", "{}")
            return table if self.kind == "table" else f"[{table}]"
        return f"[{self.sample or _TEXT}]" if self.kind == "list" else self.sample or _TEXT

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
