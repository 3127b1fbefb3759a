"""Laws of editing: a key that is set and taken out again leaves no trace, and nothing else is ever touched."""

from typing import Any

import pytest
import tomli
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.core.errors import ArgumentError
from app.core.layers import Path
from app.toml_edit.change import assign, comments_lost, remove, remove_line
from app.toml_edit.literal import Meaning, as_text, understood, written

_NAMES = st.sampled_from(["a", "b", "c", '"a.b"', "'d e'", "é1"])
_KEYS = st.lists(_NAMES.filter(str.isascii), min_size=1, max_size=3).map(".".join)
_VALUES = st.recursive(
    st.sampled_from(["1", "-0.5", "true", '"x # y"', "'''\nq = 1\n'''", '"""a\\\n  b"""', "2024-01-02", "nan"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(
            lambda items: "[ # why\n" + "".join(f"  {item}, # c\n" for item in items) + "]"
        ),
        st.lists(st.tuples(_KEYS, inner), max_size=2).map(
            lambda pairs: f"{{ {', '.join(f'{key} = {value}' for key, value in pairs)} }}"
        ),
        st.just("{}"),
    ),
    max_leaves=4,
)
_COMMENTS = st.sampled_from(["", "", "", " # why", "# [a]", "\t#b = 1"])
_PAIRS = st.builds(lambda dent, key, value, said: f"{dent}{key} = {value}{said}\n",
                   st.sampled_from(["", "", "  "]), _KEYS, _VALUES, _COMMENTS)  # fmt: skip
_HEADERS = st.builds(lambda key, said: f"[{key}]{said}\n", _KEYS, _COMMENTS)
_ITEMS = st.builds(lambda key: f"[[{key}]]\n", _KEYS)
_GAPS = st.sampled_from(["\n", "\n\n", "# about what follows\n", "  \n", "   # in\n"])
_PIECES = st.lists(st.one_of(_PAIRS, _PAIRS, _HEADERS, _GAPS, _ITEMS), max_size=10)


def _parses(text: str) -> bool:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return False
    return True


def _grown(pieces: list[str]) -> str:
    """As many of the pieces as make a file, so that few examples are thrown away."""
    text = ""
    for piece in pieces:
        text = text + piece if _parses(text + piece) else text
    return text


def _file(pieces: list[str], ending: str, *, closed: bool) -> bytes:
    text = _grown(pieces)
    return (text if closed else text.removesuffix("\n")).replace("\n", ending).encode()


FILES = st.builds(_file, _PIECES, st.sampled_from(["\n", "\n", "\r\n"]), closed=st.booleans())
PATHS = st.lists(st.sampled_from(["a", "b", "c", "a.b", "d e", "new"]), min_size=1, max_size=4).map(tuple)
MEANINGS = st.sampled_from(["5", "text", '["a", "b"]', "{ x = 1 }", "two\nlines", "1e3", 'say "x"', "[]"]).map(
    lambda text: understood(text, "other")
)


def values(raw: bytes) -> Any:
    return tomli.loads(raw.decode().replace("\r\n", "\n"))


def found(table: Any, path: Path) -> Any:
    for part in path:
        is_here = part in table if isinstance(table, dict) else isinstance(table, list) and isinstance(part, int)
        if is_here:
            table = table[part]
        else:
            return None
    return table


def leaves(table: Any, above: Path = ()) -> dict[Path, str]:
    """Every leaf of a file, those in lists of tables too; tables that hold nothing are no leaves."""
    is_tables = isinstance(table, list) and table and all(isinstance(item, dict) for item in table)
    if isinstance(table, dict) or is_tables:
        items = table.items() if isinstance(table, dict) else enumerate(table)
        return {path: leaf for key, item in items for path, leaf in leaves(item, (*above, key)).items()}
    return {above: repr(table)}


def comments(raw: bytes) -> list[bytes]:
    return [line for line in raw.splitlines() if line.lstrip().startswith(b"#")]


@settings(max_examples=150, deadline=None)
@given(FILES, PATHS, MEANINGS)
@example(b"a.a = {}# [a]\n[a.b]\na = {}", ("a", "b", "b", "a"), understood("5", "other"))
def test_a_key_that_is_set_and_taken_out_gives_the_file_back_byte_for_byte(
    raw: bytes, path: Path, meaning: Meaning
) -> None:
    assume(found(values(raw), path) is None)
    try:
        changed = assign(raw, path, meaning)
    except ArgumentError as error:
        above = [found(values(raw), path[:depth]) for depth in range(1, len(path))]
        dotted = any(line.lstrip().startswith(f"{path[0]}.".encode()) for line in raw.splitlines())
        is_mixed = dotted and "in this layout" in error.message  # said with dots here, under headers there
        assert is_mixed or any(value is not None and not isinstance(value, dict) for value in above)
        return
    assert repr(found(values(changed), path)) == repr(meaning.value)
    assert remove(changed, path) == raw


@settings(max_examples=150, deadline=None)
@given(FILES, st.lists(st.tuples(PATHS, MEANINGS), max_size=4))
def test_keys_that_are_set_one_after_the_other_and_taken_out_backwards_leave_no_trace(
    raw: bytes, wanted: list[tuple[Path, Meaning]]
) -> None:
    states = [raw]
    done = []
    for path, meaning in wanted:
        if found(values(states[-1]), path) is not None:
            continue
        try:
            states.append(assign(states[-1], path, meaning))
            done.append(path)
        except ArgumentError:
            continue
    for path in reversed(done):
        assert remove(states.pop(), path) == states[-1]


@settings(max_examples=150, deadline=None)
@given(FILES, st.data(), MEANINGS)
def test_a_new_value_takes_the_old_one_s_bytes_and_no_others(raw: bytes, data: st.DataObject, meaning: Meaning) -> None:
    known = [path for path in leaves(values(raw)) if path]
    assume(known)
    path = data.draw(st.sampled_from(known))
    changed = assign(raw, path, meaning)
    new = meaning.toml.encode()
    places = [at for at in range(len(changed)) if changed.startswith(new, at)]
    assert any(raw.startswith(changed[:at]) and raw.endswith(changed[at + len(new) :]) for at in places)
    others = {at: leaf for at, leaf in leaves(values(raw)).items() if at != path}
    assert {at: leaf for at, leaf in leaves(values(changed)).items() if at[: len(path)] != path} == others


@settings(max_examples=150, deadline=None)
@given(FILES, st.data())
def test_a_key_that_is_taken_out_takes_nothing_with_it(raw: bytes, data: st.DataObject) -> None:
    known = list(leaves(values(raw)))
    assume(known)
    path = data.draw(st.sampled_from(known))
    changed = remove(raw, path)
    expected = leaves(values(raw))
    del expected[path]
    assert leaves(values(changed)) == expected
    if not comments_lost(raw, path):
        assert comments(raw) == comments(changed) or len(comments(changed)) == len(comments(raw)) + 1


@settings(max_examples=150, deadline=None)
@given(FILES, st.data())
def test_a_header_may_be_kept(raw: bytes, data: st.DataObject) -> None:
    known = list(leaves(values(raw)))
    assume(known)
    path = data.draw(st.sampled_from(known))
    changed = remove_line(raw, path)
    headers = [line for line in raw.splitlines() if line.startswith(b"[") and line.rstrip().endswith(b"]")]
    assert [line for line in headers if line in changed.splitlines()] == headers


CASES = [
    ("", ("production", "database", "port"), "[production.database]\nport = 5\n"),
    ("[production]\n", ("production", "port"), "[production]\n\nport = 5\n"),
    ("[a]\nx = 1\n\n[b]\ny = 1\n", ("a", "z"), "[a]\nx = 1\nz = 5\n\n[b]\ny = 1\n"),
    ("[a.b]\nx = 1\n\n# on c\n[c]\n", ("a", "d", "z"), "[a.b]\nx = 1\n\n[a.d]\nz = 5\n\n# on c\n[c]\n"),
    ("[a]\nb.x = 1\nc = 2\n", ("a", "b", "z"), "[a]\nb.x = 1\nb.z = 5\nc = 2\n"),
    ("[a]\nb = { x = 1 }\n", ("a", "b", "z"), "[a]\nb = { x = 1, z = 5 }\n"),
    ("[a]\nb = {x.y = 1}\n", ("a", "b", "x", "z"), "[a]\nb = {x.y = 1, x.z = 5}\n"),
    ("# on a\n[a]\nx = 1\n", ("z",), "z = 5\n\n# on a\n[a]\nx = 1\n"),
    ("[a]\r\n  x = 1", ("a", "z"), "[a]\r\n  x = 1\r\n  z = 5"),
    ("[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n", ("a", "b", 0, "z"), "[[a.b]]\nx = 1\nz = 5\n[[a.b]]\nx = 2\n"),
    ("[a]\nx = [1,\n 2, # two\n]  # why\n", ("a", "x", 1), "[a]\nx = [1,\n 5, # two\n]  # why\n"),
    ("[a]\nx   =   1  # why\n", ("a", "x"), "[a]\nx   =   5  # why\n"),
    ("[a]\n'x y' = 1\n", ("a", "x z"), "[a]\n'x y' = 1\n\"x z\" = 5\n"),
]


@pytest.mark.parametrize(("text", "path", "expected"), CASES)
def test_a_key_goes_where_a_person_would_write_it(text: str, path: Path, expected: str) -> None:
    assert assign(text.encode(), path, written(5)).decode() == expected


REFUSED = [
    ("[a.b]\nx = 1\n", ("a", "b"), "written as tables"),
    ("[[a.b]]\nx = 1\n", ("a", "b"), "written as tables"),
    ("[a]\nx = [1]\n", ("a", "x", 1), "no item of the list"),
    ("[a]\nx = 1\n", ("a", "x", "y"), "cannot be edited in this layout"),
]


@pytest.mark.parametrize(("text", "path", "why"), REFUSED)
def test_what_cannot_be_set_is_refused(text: str, path: Path, why: str) -> None:
    with pytest.raises(ArgumentError, match=why):
        assign(text.encode(), path, written(5))


LEFT = [
    ("[a]\nx = 1  # why\n", "[a]\n# why\n"),
    ("[a] # on a\nx = 1\n", "[a] # on a\n"),
    ("[a]\n# on x\nx = 1\n", "[a]\n# on x\n"),
    ("[b]\n\n[a]\nx = 1\n\n[c]\n", "[b]\n\n[c]\n"),
    ("[b]\n[a]\nx = [\n  1,\n]\n# end\n", "[b]\n# end\n"),
    ("[[b]]\n[a]\ny = 2\nx = 1", "[[b]]\n[a]\ny = 2"),
]


@pytest.mark.parametrize(("text", "left"), LEFT)
def test_a_header_without_keys_goes_and_a_comment_stays(text: str, left: str) -> None:
    assert remove(text.encode(), ("a", "x")).decode() == left


def test_the_gap_below_the_only_key_of_a_file_without_headers_stays() -> None:
    assert remove(b"x = 1\n\n# end\n", ("x",)) == b"\n# end\n"


def test_an_item_of_a_list_is_not_taken_out_alone() -> None:
    with pytest.raises(ArgumentError, match="an item of a list"):
        remove(b"x = [1, 2]\n", ("x", 0))


def test_a_table_is_not_taken_out_whole() -> None:
    with pytest.raises(ArgumentError, match="written as tables"):
        remove(b"[a.b]\nx = 1\n", ("a", "b"))


def test_comments_inside_a_value_are_known_to_go_with_it() -> None:
    assert comments_lost(b"x = [ # why\n 1,\n]\n", ("x",))
    assert not comments_lost(b"x = [1] # why\n", ("x",))


MEANT = [
    ("5", "other", 5), ("0x1F", "other", 31), ("1_000", "other", 1000), ("True", "other", True),
    ("yes", "other", "yes"), ("01", "other", "01"), ("5 # c", "other", 5), ("1\nx = 2", "other", "1\nx = 2"),
    ("", "other", ""),
    ('["a"]', "other", ["a"]), ('{"a": {"b": 1}}', "other", {"a": {"b": 1}}), ("{a = 1}", "other", {"a": 1}),
    ("[a", "other", "[a"), ('"5"', "other", "5"), ("123456", "text", "123456"), ('"x"', "text", '"x"'),
    ("a, b,", "list", ["a", "b"]), ("", "list", []), ('["a,b"]', "list", ["a,b"]), ("@int 5", "list", "@int 5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), MEANT)
def test_a_text_means_what_a_variable_of_that_text_would(text: str, kind: str, value: object) -> None:
    meaning = understood(text, kind)
    assert repr(meaning.value) == repr(value)
    assert repr(tomli.loads(f"value = {meaning.toml}")["value"]) == repr(value)


def test_a_text_that_looks_like_a_token_can_be_kept_one() -> None:
    assert as_text("@int 5").value == '@json "@int 5"'
    assert as_text("5").value == "5"


@pytest.mark.parametrize("text", ['{"a": null}', "\udc80"])
def test_what_toml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="nothing that TOML can hold"):
        understood(text, "other")
