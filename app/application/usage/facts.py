"""What one module does with names, whatever they stand for: the facts from which reads of settings are found."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct, field

from app.application.usage.scopes import NameScope

type Steps = tuple[str, ...]
"""From a name to what is meant, each by its sign: `.name` an attribute, `[name` an item, `(name` a look-up by a method,
`#` a position, `?` a computed item, `~glob` one that is known in part, `()` a call, `()name` one with a text,
`!` with something in its place where it is missing, `/` under a condition, `^` in another environment."""

ANYTHING = "?"
"""The root of what no name stands for."""


class Reference(Struct, frozen=True):
    """A name, and the steps from it.

    Attributes:
        root: a symbol of the module: `name`, `function:name`, `Class.name`, `function()` for what it returns; `%0` and
            `%1` for settings: the project's own, and others.
        steps: what is done with it.
    """

    root: str
    steps: Steps = ()

    def step(self, *more: str) -> "Reference":
        """One that goes on from here."""
        return Reference(self.root, (*self.steps, *more))


class Conditions(Struct, frozen=True):
    """Under what a place of the code is reached.

    Attributes:
        guarded: whether an error of a missing key is caught around it.
        conditional: whether something decides that.
        other: whether another environment is selected there.
    """

    guarded: bool = False
    conditional: bool = False
    other: bool = False


class Mention(Struct, frozen=True):
    """A place where something that a reference leads to is used.

    Attributes:
        kind: `value`; `truth` and `test` where only that counts; `set`; `bare` where nobody wants the value; `bound`
            and `handed` where it goes on elsewhere.
    """

    reference: Reference
    line: int
    column: int
    kind: str
    conditions: Conditions


class Binding(Struct, frozen=True):
    """A symbol that gets what a reference leads to."""

    symbol: str
    mention: Mention


class Handing(Struct, frozen=True):
    """An argument of a call.

    Attributes:
        callee: what is called.
        place: the position, or the keyword; None where it cannot be known.
    """

    callee: Reference
    place: int | str | None
    mention: Mention


class WaitingBody(Struct, frozen=True):
    """The body of a function, which is read when it names something that matters: most never do.

    Attributes:
        symbol: the function's.
        first: its first line.
        last: its last line.
        owner: for a method, the class, and what it calls its object.
        scopes: those around it.
    """

    symbol: str
    first: int
    last: int
    owner: tuple[str, str] | None
    scopes: tuple[NameScope, ...]


class ModuleFacts(Struct, kw_only=True):
    """All of a module's.

    Attributes:
        imports: what symbols are imported, with dots.
        stars: the modules of which everything is imported.
        stores: how often each symbol gets anything.
        functions: the parameters of functions and methods, by their symbol.
        classes: the bases of classes.
        methods: the functions that belong to a class.
        fixtures: the functions that pytest hands to tests, by the name that tests know.
        waiting: the bodies of functions that nobody has looked into yet.
    """

    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    stores: dict[str, int] = field(default_factory=Counter)
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    methods: set[str] = field(default_factory=set)
    fixtures: dict[str, str] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    handings: list[Handing] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    waiting: list[WaitingBody] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stores = Counter(self.stores)


type Calls = Mapping[tuple[int, int], str]
"""Which settings a call makes, by its line and offset."""
