"""A source line is shown with its secrets masked, and all else of it as it stands, whether its file parses or not."""

from collections.abc import Mapping

import pytest

from app.core import limits
from app.core.layers import Path
from app.reports.present.excerpt import Excerpts
from app.sources.toml import decode

SECRET = "cAnary-of-excerpts-7Qx2"
TOKEN = "ghp_" + "a1B2c3D4e5" * 4
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----"


def hides(path: Path, value: object) -> bool:
    is_named = path[-1] in {"word", 0} and not isinstance(value, bool)
    return is_named or path[:1] == ("code",) or path[:2] == ("mail", "word")


def shown(text: str, *, sectioned: bool = True, said: Mapping[str, str] | None = None) -> list[str | None]:
    """The lines of a file as they may be shown."""

    def without(line: str) -> str:
        for known, stars in (said or {}).items():
            line = line.replace(known, stars)
        return line

    document = decode(text.encode(), "settings.toml")
    excerpts = Excerpts(hides, without, sectioned=sectioned)
    return [excerpts.line(document, number) for number in range(1, len(document.lines) + 1)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'word = "{SECRET}"', "word = ***"),
        (f'  word   = "{SECRET}"', "  word   = ***"),
        (f"word = '{SECRET}' # was {SECRET} before", "word = *** # …"),
        (f'"word" = "{SECRET}"', '"word" = ***'),
        (f'mail.word = "{SECRET}"', "mail.word = ***"),
        (f'mail . "word" = "{SECRET}"', 'mail . "word" = ***'),
        (f'mail = {{user = "ann", word = "{SECRET}", port = 1}}', 'mail = {user = "ann", word = ***, port = 1}'),
        (f'mail = {{word = "{SECRET}", deep = {{word = "{SECRET}"}}}}', "mail = {word = ***, deep = {word = ***}}"),
        (f'words = ["{SECRET}", "open"]', 'words = [***, "open"]'),
        ("word = 4711", "word = ***"),
        ("code = 4711", "code = ***"),
        ("code.page = 4711", "code.page = ***"),
        ("page.code = 4711", "page.code = 4711"),
        ('user = "ann" # the word is above', 'user = "ann" # the word is above'),
        ('url = "postgresql://ann:pw@db/orders"', 'url = "postgresql://ann:***@db/orders"'),
        (f'note = "{TOKEN}"', 'note = "***"'),
    ],
)
def test_a_secret_gives_way_to_stars_and_all_around_it_stays(line: str, expected: str) -> None:
    assert shown(f"[default]\n{line}\n") == ["[default]", expected, ""]


def test_without_sections_the_whole_path_is_the_key() -> None:
    assert shown(f'mail = {{word = "{SECRET}"}}\n', sectioned=False)[0] == "mail = {word = ***}"
    assert shown('[mail.word]\nuser = "ann"\n', sectioned=False)[1] == "user = ***"
    assert shown('[mail.word]\nuser = "ann"\n')[1] == 'user = "ann"'


def test_a_secret_over_several_lines_is_hidden_in_each_and_what_follows_is_not() -> None:
    text = f'[default]\nword = """first\n{SECRET}\nlast"""\nuser = "ann"\n'
    assert shown(text) == ["[default]", "word = ***", "***", "***", 'user = "ann"', ""]


def test_a_key_of_a_known_form_is_hidden_in_each_of_its_lines_whatever_it_is_called() -> None:
    lines = shown(f'[default]\nnote = """before\n{KEY}\nafter"""\nuser = "ann"\n')
    assert lines[1] == 'note = """before'
    assert lines[2:6] == ["***"] * 4
    assert lines[6:] == ['after"""', 'user = "ann"', ""]


def test_a_secret_known_by_heart_is_hidden_wherever_it_stands() -> None:
    assert shown('[default]\nuser = "hunter2-Zq"\n', said={"hunter2-Zq": "***"})[1] == 'user = "***"'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("""env = '{"password": "x"}'""", "env = ***"),
        ("""env = 'API_KEY=x'""", "env = ***"),
        ('env = \'{"user": "x"}\'', 'env = \'{"user": "x"}\''),
        ("level = 5 # the token: elsewhere", "level = 5 # the token: elsewhere"),
    ],
)
def test_a_text_in_which_a_secret_is_named_is_not_shown(line: str, expected: str) -> None:
    assert shown(f"[default]\n{line}\n")[1] == expected


def test_nothing_is_told_of_a_line_that_is_not_there_or_too_long_to_be_looked_at() -> None:
    document = decode(f"a = 1\nb = '{'x' * limits.LINE.figure}'\n".encode(), "settings.toml")
    excerpts = Excerpts(hides, str, sectioned=False)
    assert [excerpts.line(document, number) for number in (0, 1, 2, 3, 4)] == [None, "a = 1", None, "", None]
    longest = f"b = '{'x' * (limits.LINE.figure - 6)}'"
    assert excerpts.line(decode(longest.encode(), "other.toml"), 1) == longest


def test_each_file_has_its_own_lines_and_is_asked_about_twice() -> None:
    excerpts = Excerpts(hides, str, sectioned=False)
    one, other = decode(f'word = "{SECRET}"'.encode(), "one.toml"), decode(b'user = "ann"', "other.toml")
    broken, left = decode(b"a = [1", "broken.toml"), decode(b"[x\nb.c = 1", "left.toml")
    for _ in range(2):
        assert [excerpts.line(document, 1) for document in (one, other)] == ["word = ***", 'user = "ann"']
        assert [excerpts.line(document, 1) for document in (broken, left)] == ["a = ***", "[x"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'port = "{SECRET}', "port = ***"),
        (f"  db.port={SECRET}", "  db.port = ***"),
        (f'"{SECRET}" = 1', "*** = ***"),
        (f'db."{SECRET}".port = 1', "db.***.port = ***"),
        ("sq7HjrUOBfKmC576ILgs = 1", "*** = ***"),
        (f"[default.db] # {SECRET}", "[default.db]"),
        ("[[default.servers]]", "[[default.servers]]"),
        ("[production", "[production"),
        (f'["{SECRET}"]', "[***]"),
        (f"  [ default ] {SECRET}", "  [ default ]"),
        (f"{SECRET}", None),
        (f"= {SECRET}", None),
        (f"# {SECRET}", None),
        ("", None),
        ("x" * 65 + " = 1", "*** = ***"),
        ("x" * 64 + " = 1", "x" * 64 + " = ***"),
    ],
)
def test_of_a_file_that_does_not_parse_the_structure_is_shown_and_nothing_that_it_says(
    line: str, expected: str | None
) -> None:
    assert shown(f"{line}\nbroken = [ oops\n")[0] == expected


@pytest.mark.parametrize(
    ("opening", "is_open"),
    [
        ('a = """', True),
        ("a = '''", True),
        ('a = """x"""', False),
        ("a = '''x'''", False),
        ("a = \"\"\"x'''", True),
        ('a = """x \\"""', True),
        ("a = '''x \\'''", False),
        ("a = 1 # '''", False),
        ("""a = "'''" """, False),
        ("""a = '''x # '''""", False),
        ("""a = "#" + ''' """, True),
        ("a = \"x \\\" '''\"", False),
        ('a = "x"', False),
        ("a = ['x', 'x']", False),
        ("""a = "x" + ''' """, True),
        ('a = """it\'s""" # that\'s', False),
        ('a = """x # y"""', False),
        ('a = """one""" + """two', True),
    ],
)
def test_the_middle_of_a_text_of_several_lines_is_no_structure(opening: str, is_open: bool) -> None:  # noqa: FBT001
    lines = shown(f"oops [\n{opening}\nword = {SECRET}\n")
    assert lines[1] == "a = ***"
    assert lines[2] == (None if is_open else "word = ***")
