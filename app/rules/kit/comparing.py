"""What rules that hold environments against each other have in common."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from app.core import dsn
from app.core.errors import TargetError
from app.core.layers import CODE, Layer, Origin, Path, fold
from app.core.roles import LITERAL_SECRETS, Role
from app.core.tree import Leaf
from app.rules.kit.connections import logins
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.subject import EnvironmentContext, remembered
from app.rules.kit.survey import ProjectContext

_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off"})


class Secret(Struct, frozen=True, kw_only=True):
    """A secret's text, and where it stands.

    Attributes:
        subject: the environment that runs with it.
        leaf: the setting that holds it, alone or inside a URL.
        text: the secret itself.
    """

    subject: EnvironmentContext
    leaf: Leaf
    text: str

    @property
    def name(self) -> Path:
        """The setting's key as keys are compared; the items of a list share the list's."""
        return tuple(part for part in fold(self.leaf.path) if isinstance(part, str))


def productions(survey: ProjectContext) -> list[EnvironmentContext]:
    """The production-like environments."""
    return [subject for subject in survey.subjects.values() if subject.production]


def others(survey: ProjectContext) -> list[EnvironmentContext]:
    """The environments that are not production-like."""
    return [subject for subject in survey.subjects.values() if not subject.production]


@remembered
def secrets(subject: EnvironmentContext) -> tuple[Secret, ...]:
    """Every secret that an environment runs with, passwords inside URLs included, in the tree's order.

    Empty texts, references, switches that bear a secret's name and paths of files are none.
    """
    return tuple(_secrets(subject))


def _secrets(subject: EnvironmentContext) -> Iterator[Secret]:
    texts = {id(leaf): text for leaf, text in _texts(subject) if _is_secret(text)}
    for leaf in subject.tree.leaves if texts else ():
        if text := texts.get(id(leaf)):
            yield Secret(subject=subject, leaf=leaf, text=text)


def _texts(subject: EnvironmentContext) -> Iterator[tuple[Leaf, str]]:
    for leaf in subject.leaves(Role.DSN):
        yield leaf, _password(leaf.value)
    for connection in logins(subject):
        if holder := connection.leaf("password"):
            yield holder, connection.text("password") or ""
    for leaf in subject.leaves(*LITERAL_SECRETS):
        if isinstance(leaf.value, str | int | float) and not isinstance(leaf.value, bool):
            yield leaf, str(leaf.value)


def _password(value: object) -> str:
    """The password of a URL of whatever scheme; empty where there is none."""
    if not isinstance(value, str) or is_reference(value):
        return ""
    try:
        return dsn.parse(value).password or ""
    except TargetError:
        return ""


def _is_secret(text: str) -> bool:
    stripped = text.strip()
    return bool(stripped) and stripped.lower() not in _SWITCHES and not is_reference(text) and not _is_file(stripped)


def _is_file(text: str) -> bool:
    """Whether the text is the path of a file, which may hold another secret on every machine."""
    above, slash, name = text.rpartition("/")
    return bool(slash) and above[:1] in {"", ".", "~", "/"} and "." in name[1:] and " " not in text


def is_base(subject: EnvironmentContext, layer: Layer | None) -> bool:
    """Whether a layer is one that all environments inherit: a base section, or the application's code."""
    if layer is None or layer.kind in CODE:
        return layer is not None
    return layer.section is not None and layer.section.lower() in subject.base_sections


def is_own(subject: EnvironmentContext, layer: Layer | None) -> bool:
    """Whether a layer is a section that belongs to one environment alone."""
    section = layer.section if layer and layer.kind == "file" else None
    return section is not None and section.lower() not in {*subject.base_sections, "global"}


def of_one_variable(one: Leaf, other: Leaf) -> bool:
    """Whether both values are one variable's of this process, which tells nothing about where they are deployed."""
    left, right = one.layer, other.layer
    return bool(left and right and left.name and (left.kind, left.name) == (right.kind, right.name))


def places(leaf: Leaf | None, *elsewhere: Leaf) -> tuple[Origin, ...]:
    """Where other leaves stand, each place once, but not the place of the leaf itself."""
    own = leaf.origin if leaf else None
    found = dict.fromkeys(other.origin for other in elsewhere)
    return tuple(origin for origin in found if origin is not None and origin != own)


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them, each once: `development, qa and test`."""
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last
