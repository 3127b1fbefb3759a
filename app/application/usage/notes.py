"""What is noted of the expressions of a module: uses, bindings, and the keys that look-ups name."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable

from msgspec.structs import replace

from app.application.usage.facts import Binding, Calls, Conditions, Mention, ModuleFacts, Reference
from app.application.usage.scopes import NameScope, symbol_of

type References = list[Reference]


class FactNotes(ABC):
    """FactNotes facts.

    Args:
        facts: what is found goes there.
        calls: the calls of the module that make settings.
        walrus: whether an expression of the module may bind a name.
    """

    def __init__(self, facts: ModuleFacts, calls: Calls, *, walrus: bool) -> None:
        self.facts = facts
        self.scopes = [NameScope(kind="module")]
        self.conditions = Conditions()
        self.calls = calls
        self.has_walrus = walrus

    @abstractmethod
    def take(self, node: ast.AST) -> References:
        """What an expression refers to; whatever else it uses is a mention."""

    def use(self, node: ast.AST, kind: str = "value") -> References:
        """The same, where its value is used."""
        found = self.take(node)
        for reference in found:
            self.mention(reference, node, kind)
        return found

    def use_all(self, nodes: Iterable[ast.AST]) -> None:
        """The values of all of them are used."""
        for node in nodes:
            self.use(node)

    def mention(self, reference: Reference, node: ast.AST, kind: str) -> None:
        """FactNotes a place of use."""
        self.facts.mentions.append(self.placed(reference, node, kind))

    def placed(self, reference: Reference, node: ast.AST, kind: str = "value") -> Mention:
        """A place of use."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        return Mention(reference, line, column, kind, self.conditions)

    def bind(self, symbol: str, references: References, node: ast.AST) -> None:
        """FactNotes what a symbol gets."""
        self.facts.bindings += [Binding(symbol, self.placed(one, node, "bound")) for one in references]

    def symbol(self, name: str) -> str:
        """The symbol that a name is here."""
        return symbol_of(name, self.scopes)

    @property
    def prefix(self) -> str:
        """What the symbols of the innermost scope begin with."""
        return self.scopes[-1].prefix

    def field(self, name: str) -> str:
        """The symbol of an object's attribute, whoever the object is."""
        return f"@{name}"

    def text(self, node: ast.AST) -> str | None:
        """The text that an expression is: a literal, or a name of the module that is bound to one."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Name):
            symbol = self.symbol(node.id)
            return self.facts.texts.get(symbol) if self.facts.stores[symbol] == 1 else None
        return None

    def pattern(self, node: ast.AST) -> str:
        """A glob for the texts that an expression may come to."""
        match node:
            case ast.Constant(value=str() as text):
                return text.replace("[", "?")
            case ast.JoinedStr(values=values):
                return "".join(self.pattern(one) for one in values)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self.pattern(left) + self.pattern(right)
        return self.text(node) or "*"

    def item(self, node: ast.AST, sign: str) -> str:
        """The step of a key that an expression is."""
        text = self.text(node)
        if text is not None:
            return sign + text
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return "#"
        self.use(node)
        glob = self.pattern(node)
        return f"~{glob}" if glob.strip("*") else "?"

    def under(self) -> "_Under":
        """What is read within is read under a condition."""
        return _Under(self, replace(self.conditions, conditional=True))


class _Under:
    """Sets conditions for a while."""

    def __init__(self, notes: FactNotes, conditions: Conditions) -> None:
        self._notes = notes
        self._conditions = conditions

    def __enter__(self) -> None:
        self._before, self._notes.conditions = self._notes.conditions, self._conditions

    def __exit__(self, *_: object) -> None:
        self._notes.conditions = self._before
