"""Keys that the code itself sets on the settings that it has made: `settings.setdefault("HOST", …)`."""

import ast
from collections.abc import Callable, Iterator, Mapping

from app.application.modules import Module

ANY = "*"
"""A key that only running the code would tell."""

_ONE = frozenset({"set", "setdefault"})
_MANY = frozenset({"update", "load_file", "from_object", "from_mapping", "populate_obj"})

type _IsSettings = Callable[[ast.expr, Module], bool]


class Filling:
    """What modules set on the settings that one of them makes.

    Args:
        home: the module that makes them.
        is_settings: tells whether an expression in a module stands for them.
    """

    def __init__(self, home: Module, is_settings: _IsSettings) -> None:
        self._home = home
        self._is_settings = is_settings
        self._known: dict[Module, list[tuple[int, str]]] = {}

    def before(self, module: Module, line: int) -> frozenset[str]:
        """The first parts of the keys, in capitals, that are set before a line of a module runs.

        What the home sets is set once it is imported; what a function sets counts where the function stands.
        """
        own = {key for at, key in self._keys(module) if at < line}
        above = set() if module is self._home else {key for _, key in self._keys(self._home)}
        return frozenset(own | above)

    def _keys(self, module: Module) -> list[tuple[int, str]]:
        if module not in self._known:
            self._known[module] = list(self._set_in(module))
        return self._known[module]

    def _set_in(self, module: Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                yield from ((node.lineno, key) for key in self._stored(node, module))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from ((node.lineno, key) for key in self._handed(node, node.func, module))

    def _stored(self, target: ast.expr, module: Module) -> Iterator[str]:
        """`settings.HOST = …`, `settings["HOST"] = …`, `settings.db.host = …`."""
        while isinstance(target, ast.Attribute | ast.Subscript):
            if self._is_settings(target.value, module):
                yield target.attr.upper() if isinstance(target, ast.Attribute) else _named(target.slice)
                return
            target = target.value

    def _handed(self, node: ast.Call, called: ast.Attribute, module: Module) -> Iterator[str]:
        if called.attr not in _ONE | _MANY or not self._is_settings(called.value, module):
            return
        said: Mapping[str | None, ast.expr] = {keyword.arg: keyword.value for keyword in node.keywords}
        first = node.args[0] if node.args else said.get("key", said.get("item", said.get("data")))
        if called.attr in _MANY and isinstance(first, ast.Dict) and None not in first.keys:
            yield from (_named(key) for key in first.keys if key)
        else:
            yield _named(first) if called.attr in _ONE and first is not None else ANY


def _named(node: ast.expr) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value.replace("__", ".").partition(".")[0].upper() if is_text else ANY  # type: ignore[attr-defined]
