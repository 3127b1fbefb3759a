"""What a variable that sets no key was meant for: one part of its name differs from a key, by a slip of the fingers."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from string import digits

from app.core.errors import nearest
from app.core.layers import VARIABLES, Path, dotted, fold
from app.rules.kit.subject import EnvironmentContext, remembered
from app.rules.kit.variables import Variable

_CLOSE = 0.75
"""How much of two words is the same where one may be meant for the other: `mial` and `mail`."""


def is_one_part_off(path: Path, meant: Path) -> bool:
    """Whether one part alone differs, and by no more than a slip of the fingers; numbered keys are no slips."""
    parts = [(str(one), str(other)) for one, other in zip(fold(path), fold(meant), strict=False)]
    apart = [(one, other) for one, other in parts if one != other]
    if len(path) != len(meant) or len(apart) != 1:
        return False
    one, other = apart[0]
    is_numbered = one.strip(digits) == other.strip(digits)
    return not is_numbered and SequenceMatcher(None, one, other).ratio() >= _CLOSE


def meant_key(path: Path, known: Iterable[Path]) -> Path | None:
    """The known key that a misspelled one was meant for; None where none is near enough."""
    near = {dotted(one): one for one in known if is_one_part_off(path, one)}
    match = nearest(dotted(path).casefold(), near)
    return near[match] if match else None


@remembered
def known_keys(subject: EnvironmentContext) -> Mapping[Path, Path]:
    """The keys that a variable may be meant for, by their folded paths: the model's, else those that files set."""
    if subject.shape is not None:
        return {fold(path): path for path, _ in subject.shape.walk()}
    trees = [subject.tree, *subject.neighbours()]
    said = [one for tree in trees for one in tree.statements if one.layer.kind not in VARIABLES]
    return {fold(one.path): one.path for one in said}


def misspelling_of(subject: EnvironmentContext, path: Path) -> tuple[Variable, str] | None:
    """The variable that was meant to set a key or something in it, which nothing sets, and the name that would."""
    for variable in subject.variables:
        said = variable.path[: len(path)]
        is_other_case = fold(said) == fold(path) and said[1:] != path[1:]
        if variable.prefixed and (
            is_other_case or (is_one_part_off(said, path) and fold(said) not in known_keys(subject))
        ):
            return variable, renamed(variable.name, said, path)
    return None


def renamed(name: str, said: Path, meant: Path) -> str:
    """A variable's name with the parts of the key that was meant; the first is not told by its case."""
    end = len(name)
    for depth, one, other in reversed(
        [(at, str(one), str(other)) for at, (one, other) in enumerate(zip(said, meant, strict=False))]
    ):
        start = name.lower().rfind(one.lower(), 0, end)
        found = name[start : start + len(one)]
        part = other.upper() if depth == 0 and found.isupper() else other
        name, end = name[:start] + part + name[start + len(one) :], start
    return name
