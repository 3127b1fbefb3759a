"""One environment as rules see it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from app.core import dsn
from app.core.deployment import Deployment
from app.core.findings import Deferred, Fix
from app.core.layers import VARIABLES, Layer, Path, fold
from app.core.losses import Loss, losses
from app.core.roles import SECRET_ROLES, Role
from app.core.tree import Leaf, Statement, Tree
from app.modelling.classifier import RoleClassifier
from app.modelling.problems import Problem
from app.modelling.shape import Shape
from app.rules.kit.deployed import Deployed
from app.rules.kit.edits import Wish, at, edit_of, words_of
from app.rules.kit.layering import Setting, of_layer, settings
from app.rules.kit.placing import Place, Placing
from app.rules.kit.shared import OfLeaf, SharedFacts
from app.rules.kit.url_parts import UrlTable
from app.rules.kit.variables import Variable, variables

_STARS = "***"


class EnvironmentContext(Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """One environment to judge.

    Attributes:
        tree: its effective values, but for those that only its deployment knows.
        production: whether it is production-like.
        active: whether this process would run with it.
        classifier: tells what values are for, by the project's options and its model.
        problems: what the model says about its values.
        base_sections: the sections whose values an environment inherits.
        variable: the variable that would set a key.
        place: where a key is to be set; None where nobody knows the files.
        section: what a section of a file says, as it is written; of a file without sections, what the file says.
        variable_shape: the types by which variables are read; None where Dynaconf reads them.
        deployed: the keys that its deployment supplies, where it is inactive.
        supplied: the leaves that stand there now; they are told, not judged.
        is_committed: whether a file is in everybody's hands: no secrets file, and tracked where there is a repository.
        url_paths: the folded keys whose URL Assay takes apart itself.
        neighbours: the values of the project's other environments, which a change of a file may change too.
        is_placed: whether a key is secret by its place, so that no message may quote what it says.
        deployment: what its deployment says; None where the project names none.
        key_of: the key that a variable sets.
        prefixed: whether only variables with a prefix override; where all do, most of them are no settings.
        appends_lists: whether a variable's list would be appended to what the files say.
        facts: what is found out about leaves and layers, for all environments that share them.
        set_by_code: the variables that the code sets before it reads its settings, each with the place.
        is_written: whether the code itself may set a key.
    """

    tree: Tree
    production: bool
    active: bool
    classifier: RoleClassifier = field(default_factory=RoleClassifier)
    problems: tuple[Problem, ...] = ()
    base_sections: tuple[str, ...] = ("default",)
    variable: Callable[[Path], str | None] = lambda _: None
    place: Placing | None = None
    section: Callable[[Place], Mapping[str, Any]] = lambda _: {}
    variable_shape: Shape | None = None
    deployed: Deployed = field(default_factory=Deployed)
    supplied: tuple[Leaf, ...] = ()
    url_paths: frozenset[Path] = frozenset()
    prefixed: bool = True
    appends_lists: bool = False
    deployment: Deployment | None = None
    key_of: Callable[[str], Path | None] = lambda _: None
    is_committed: Callable[[str], bool] = lambda _: False
    neighbours: Callable[[], Sequence[Tree]] = tuple
    is_placed: Callable[[Path], bool] = lambda _: False
    facts: SharedFacts = field(default_factory=SharedFacts)
    set_by_code: Mapping[str, str] = {}
    is_written: Callable[[Path], bool] = lambda _: False

    @cached_property
    def settings(self) -> Mapping[Path, tuple[Setting, ...]]:
        """What the layers say about every setting by its folded key, the lowest first; a list is one setting."""
        return settings(self.tree, self.facts)

    @cached_property
    def contested(self) -> Mapping[Path, tuple[Setting, ...]]:
        """The settings about which more than one thing is said."""
        return {key: said for key, said in self.settings.items() if len(said) > 1}

    def rank(self, layer: Layer) -> int:
        """A layer's place among the others, lowest first."""
        return self._ranks[id(layer)]

    @cached_property
    def _ranks(self) -> Mapping[int, int]:
        return {id(layer): number for number, layer in enumerate(self.tree.layers)}

    def splits(self, path: Path) -> bool:
        """Whether the URL at this key is Assay's own to read: it must be one that Assay can honour."""
        return fold(path) in self.url_paths

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that override something here, lowest first."""
        return tuple(variables(self.tree, prefixed=self.prefixed))

    def is_secret(self, path: Path) -> bool:
        """Whether what stands there may not be quoted: by the key's name, by its model, or by its place."""
        return self.role(path, "") in SECRET_ROLES or self.is_placed(path)

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """The keys that layers state, and that are gone because a higher layer replaced a table."""
        return losses(self.tree, self.facts.of_layer)

    def told(self, leaf: Leaf | None, text: str) -> str:
        """What a leaf says, or a part of it, as a message may quote it: stars where it is secret by its place."""
        return _STARS if leaf is not None and self.is_placed(leaf.path) else text

    @cached_property
    def memory(self) -> dict[Callable[..., Any], Any]:
        """What `remembered` functions found out about this environment."""
        return {}

    @property
    def shape(self) -> Shape | None:
        """What the model says about its keys; None without a model."""
        return self.classifier.shape

    def declared(self, path: Path) -> Role | None:
        """What the project or its model says that a value is for."""
        return self.classifier.declared(path)

    def role(self, path: Path, value: object) -> Role | None:
        """What a value is for: declared by the project, else by the model, else inferred from the name."""
        return self.classifier.role(path, value)

    def leaves(self, *roles: Role) -> Iterator[Leaf]:
        """The leaves of these roles whose value is known, in the tree's order within each role."""
        for role in roles:
            yield from self._by_role.get(role, ())

    @property
    def has_unknown(self) -> bool:
        """Whether a value is not known: it is opaque, or unresolved."""
        return any(True for _ in self.found(_unknown))

    @cached_property
    def _by_role(self) -> Mapping[Role, list[Leaf]]:
        """The leaves that are known to be for something."""
        found: dict[Role, list[Leaf]] = {}
        for leaf, role in self.found(self.classifier):
            found.setdefault(role, []).append(leaf)
        return found

    def found[Found](self, find: OfLeaf[Found]) -> Iterator[tuple[Leaf, Found]]:
        """The leaves about which there is an answer that each alone decides, in the tree's order; asked once of each.

        Such a question must not depend on the environment.
        """
        answers = self.answers(find)
        if answers:
            yield from ((leaf, answers[id(leaf)]) for leaf in self.tree.leaves if id(leaf) in answers)

    def answers[Found](self, find: OfLeaf[Found]) -> Mapping[int, Found]:
        """The answers about its leaves, and maybe other environments', by the leaf's identity; asked once of each."""
        return self.facts.about(find, self.tree.by_id)

    def of_layers[Found](self, find: Callable[[Sequence[Statement]], Found]) -> Iterator[tuple[Layer, Found]]:
        """What each layer's statements alone answer, the lowest layer first."""
        yield from ((layer, self.facts.of_layer(find, layer, said)) for layer, said in self.tree.by_layer)

    def of_settings[Found](
        self, find: Callable[[Mapping[Path, tuple[Setting, ...]]], Found]
    ) -> Iterator[tuple[Layer, Found]]:
        """What each layer's settings alone answer, the lowest layer first."""
        yield from ((layer, self.facts.of_layer(find, layer, said)) for layer, said in self.of_layers(of_layer))

    def deferral(self, path: Path, key: str) -> Deferred:
        """A key that the environment's own deployment supplies."""
        message = f"{key} is supplied by the deployment of {self.tree.environment}."
        return Deferred(key=key, variable=self.variable(path), message=message)

    def is_inherited(self, leaf: Leaf) -> bool:
        """Whether an inactive environment merely takes the value from the base section."""
        section = leaf.layer.section if leaf.layer else None
        return not self.active and section is not None and section.lower() in self.base_sections

    def is_text(self, path: Path) -> bool:
        """Whether a variable for the key is taken as it stands."""
        shape = self.variable_shape.at(path) if self.variable_shape else None
        return shape is not None and shape.kind == "text"

    def placed(self, path: Path, *, secret: bool = False) -> Place:
        """Where the key is to be set, decided once."""
        known = self._places.get((path, secret))
        if known is None:
            environment = self.tree.environment
            known = self.place(path, secret) if self.place else Place(key=path, section=environment)
            self._places[path, secret] = known
        return known

    @cached_property
    def _places(self) -> dict[tuple[Path, bool], Place]:
        return {}

    def counterparts(self, place: Place) -> list[Path]:
        """The keys beside a place that say the same part of a connection: in a URL, or because a URL is set there."""
        found: dict[Path, None] = {}
        for depth in range(1, min(len(place.key), 2) + 1):
            above = (place.file, place.section, place.key[:-depth])
            if above not in self._url_tables:
                table = at(self.section(place), above[-1])
                self._url_tables[above] = UrlTable(table if isinstance(table, Mapping) else {}, above[-1])
            found |= dict.fromkeys(self._url_tables[above].counterparts(place.key[-depth:]))
        return list(found)

    @cached_property
    def _url_tables(self) -> dict[tuple[str | None, str | None, Path], UrlTable]:
        return {}

    def _url_around(self, wish: Wish) -> Wish | None:
        """The wish for the URL that says the value as a part, where the key would stand beside it and contradict it."""
        leaf = self.tree.get(*wish.path)
        layer = leaf.layer if leaf else None
        if leaf is None or layer is None:
            return None
        if layer.kind in VARIABLES:  # which of two variables counts, is a matter of their order
            urls = [url for url in self.url_paths if fold(leaf.path[: len(url) - 1]) == url[:-1]]
            named = next((url for url in urls if self.variable(url) == layer.name), None)
            return Wish(path=named, secret=True) if named else None
        if layer.kind != "file" or leaf.source not in layer.aliases:
            return None
        place = self.placed(wish.path, secret=wish.secret)
        if (place.file, place.section) != (layer.file, layer.section):
            return None
        url = layer.aliases[leaf.source]
        return Wish(path=url, secret=True, place=replace(place, key=url))

    def _holds_secret(self, path: Path) -> bool:
        """Whether what stands there, or is to stand there, is not for everybody's eyes."""
        leaf = self.tree.get(*path)
        held = leaf.value if leaf else ""
        return self.role(path, held) in SECRET_ROLES or (isinstance(held, str) and dsn.mask(held) != held)

    def ways(self, path: Path, value: str = '"…"', *, secret: bool = False) -> str:
        """How to set a key: the section with the line to write, and the variable that would do."""
        wish = Wish(path=path, sample=value, secret=secret)
        return words_of(self, wish, edit_of(self, wish))

    def setting(
        self, path: Path, value: Any = None, *, sample: str = '"…"', says: str = "Write {}.", secret: bool = False
    ) -> Fix:
        """The fix that sets a key in the environment: its sentence, and the edit.

        Args:
            path: the key.
            value: a TOML value; None for what only a person can choose.
            sample: what stands for that in a line of TOML.
            says: the sentence; `{}` stands for the ways to set the key.
            secret: whether it belongs into the secrets file.
        """
        wish = Wish(path=path, value=value, sample=sample, secret=secret or self._holds_secret(path))
        wish = self._url_around(wish) or wish
        edit = edit_of(self, wish)
        return Fix(text=says.replace("{}", words_of(self, wish, edit)), edit=edit)


def _unknown(leaf: Leaf) -> str | None:
    return leaf.state if leaf.state != "plain" else None


def remembered[Found](find: Callable[[EnvironmentContext], Found]) -> Callable[[EnvironmentContext], Found]:
    """The same question, asked once of each environment."""

    @wraps(find)
    def found(subject: EnvironmentContext) -> Found:
        if find not in subject.memory:
            subject.memory[find] = find(subject)
        answer: Found = subject.memory[find]
        return answer

    return found
