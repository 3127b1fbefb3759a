"""References among values: what they lead to, and where they must not go."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.layers import fold
from app.core.references import References
from app.core.tree import Leaf

NAMES = st.sampled_from(["a", "b", "B", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
LEAVES = st.lists(
    st.builds(
        lambda path, refers, reads: Leaf(path=path, value="x", refers=tuple(refers), reads=tuple(reads)),
        PATHS,
        st.lists(PATHS, max_size=2),
        st.lists(st.sampled_from(["OPEN", "SECRET"]), max_size=1),
    ),
    max_size=8,
)


def reached(leaves: list[Leaf], refers: tuple[tuple[str, ...], ...]) -> tuple[set[tuple[str, ...]], set[str]]:
    """What references lead to, step by step: paths, and the variables that are read on the way."""
    paths, reads, size = set(refers), set[str](), -1
    while size != len(paths):
        size = len(paths)
        for leaf in leaves:
            here = fold(leaf.path)
            if any(here[: len(at)] == at or at[: len(here)] == here for at in map(fold, tuple(paths))):
                paths |= {leaf.path, *leaf.refers}
                reads |= set(leaf.reads)
    return paths, reads


@given(LEAVES)
def test_what_is_reached_is_what_steps_lead_to(leaves: list[Leaf]) -> None:
    graph = References(leaves)
    for leaf in leaves:
        assert set(graph.reached(leaf.refers)) == reached(leaves, leaf.refers)[0]


@given(LEAVES)
def test_what_leads_to_a_secret_is_hidden(leaves: list[Leaf]) -> None:
    def hides(path: tuple[str | int, ...]) -> bool:
        return fold(path)[-1] == "c"

    hidden = References(leaves).leading_to(hides, "SECRET".__eq__)
    for leaf in leaves:
        paths, reads = reached(leaves, leaf.refers)
        heads = [path[:depth] for path in paths for depth in range(1, len(path) + 1)]
        assert any(fold(at) in hidden for at in leaf.refers) == (any(map(hides, heads)) or "SECRET" in reads)


def test_a_chain_is_walked_once() -> None:
    leaves = [Leaf(path=(f"k{number}",), value="", refers=((f"k{number + 1}",),)) for number in range(5000)]
    asked: list[object] = []

    def hides(path: tuple[str | int, ...]) -> bool:
        asked.append(path)
        return path == ("k5000",)

    assert len(References(leaves).leading_to(hides, bool)) == 5001
    assert len(asked) == 5001
