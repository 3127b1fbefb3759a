"""What a project's own code says about values is told without the secrets that it was given."""

import pytest

from app.core.layers import Path
from app.core.roles import Role, infer
from app.core.tree import Leaf, Tree
from app.project.model.errors import ModelError
from app.project.redaction import WITHHELD, concealed, concealed_error, concealed_words
from app.reports.values import Mask

SECRET = "cAnary-of-redaction-7Qx2"
BY_URL = "cAnary-of-address-9Zk4"
SHORT = "ox7"
NUMBER = 7391
VALUES: dict[Path, object] = {
    ("mail", "password"): SECRET,
    ("mail", "user"): "postmaster",
    ("mail", "port"): 587,
    ("url",): f"postgresql://app:{BY_URL}@db.example.com/orders",
    ("door", "password"): SHORT,
    ("safe", "pin_code"): NUMBER,
    ("flag", "password"): True,
    ("none", "password"): "",
    ("tls", "verify"): True,
}
TREES = (
    Tree(environment="other", leaves=(Leaf(path=("port",), value=80),)),
    Tree(environment="production", leaves=tuple(Leaf(path=path, value=value) for path, value in VALUES.items())),
)
MASK = Mask(role=infer)


@pytest.mark.parametrize(
    "text",
    [
        f"it is {SECRET}", f"{SECRET.upper()}!", f"{SECRET[::-1]}", f"it ends with {SECRET[-9:]}", f"{BY_URL} is wrong",
        f"{NUMBER} is no PIN",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [(), ("mail", "user"), ("mail", "password")])
def test_of_a_sentence_that_repeats_a_secret_nothing_is_told(text: str, path: Path) -> None:
    assert concealed(text, path, TREES, MASK) == WITHHELD


def test_a_sentence_about_what_is_open_is_told_as_it_is() -> None:
    text = "postmaster@x9.example has 3 boxes too many (see box42)"
    assert concealed(text, ("mail", "user"), TREES, MASK) == text
    assert concealed(text, (), TREES[:1], MASK) == text
    assert concealed("see https://ann:pw@h/", ("port",), TREES, MASK) == "see https://ann:***@h/"


@pytest.mark.parametrize("path", [("mail", "password"), ("mail",), ("none", "password"), ("absent", "password")])
def test_of_a_sentence_about_a_secret_or_a_table_with_one_the_plain_words_are_told(path: Path) -> None:
    assert concealed("must not begin with x9-y8 (4 letters)", path, TREES, MASK) == (
        "must not begin with *** (4 letters)"
    )


def test_the_keys_own_words_may_stand_in_a_sentence_about_it() -> None:
    path = ("mail2", "smtp9_password")
    assert concealed("smtp9_password of mail2 is too short for smtp10", path, TREES, MASK) == (
        "smtp9_password of mail2 is too short for ***"
    )


def test_a_long_sentence_is_cut_after_its_secrets_are_masked() -> None:
    told = concealed("x" * 990 + " https://ann:secretword@host/", ("port",), TREES, MASK)
    assert told == ("x" * 990 + " https://ann:***@host/")[:1000]


def test_what_a_validating_library_quotes_about_a_secret_is_not_told() -> None:
    text = f"should be one of 'a' or 'b', not 'it''s {SECRET}', says the model"
    assert concealed_words(text, ("mail", "password"), TREES, MASK) == "should be one of '***', says the model"
    assert concealed_words("should match 'a\nb' here", ("mail", "password"), TREES, MASK) == "should match '***' here"
    assert (
        concealed_words("should be one of 'a' or 'b'", ("mail", "user"), TREES, MASK) == "should be one of 'a' or 'b'"
    )


def test_what_it_says_of_anything_is_told_without_the_secrets_of_all_environments() -> None:
    text = f"{SECRET} and {BY_URL} are taken, https://ann:pw@h/ too"
    assert concealed_words(text, ("mail", "user"), TREES, MASK) == "*** and *** are taken, https://ann:***@h/ too"


def test_a_secret_is_found_as_python_writes_it_too() -> None:
    tree = Tree(environment="production", leaves=(Leaf(path=("password",), value="two\nlines of cAnary-7"),))
    for spelled in ("two\nlines of cAnary-7", "two\\nlines of cAnary-7"):
        assert concealed_words(f"it is {spelled}.", ("user",), [tree], MASK) == "it is ***."


def failing(said: str, message: str, *names: str) -> ModelError:
    error = ModelError(message, fix="Mend it.")
    error.said, error.names = said, names
    return error


def test_an_error_in_the_projects_code_keeps_its_kind_and_its_place() -> None:
    told = concealed_error(failing("no x9-y8 here", "It raised ValueError at m.py:3: no x9-y8 here."), TREES, MASK)
    assert told == "It raised ValueError at m.py:3: no *** here."


def test_an_error_that_repeats_a_secret_keeps_no_more() -> None:
    for said in (f"no {SECRET}", f"no {SECRET[4:14]}", f"no {BY_URL}"):
        assert concealed_error(failing(said, f"It raised ValueError: {said}."), TREES, MASK) == (
            f"It raised ValueError: {WITHHELD}."
        )


def test_where_nobody_knows_what_is_secret_an_error_repeats_no_text_of_a_value() -> None:
    tree = Tree(environment="production", leaves=(Leaf(path=("zone",), value="north-of-9-rivers"),))
    said = "no north-of-9-rivers"
    assert concealed_error(failing(said, f"It raised: {said}."), [tree], MASK) == f"It raised: {WITHHELD}."
    assert concealed("in the north-of-9-rivers", ("other",), [tree], MASK) == "in the north-of-9-rivers"


def test_names_that_are_known_to_be_open_stay_in_an_error() -> None:
    said = "KeyError: 'SHOP_TOKEN_2' or SHOP_OTHER_3"
    told = concealed_error(failing(said, f"It raised {said}.", "SHOP_TOKEN_2"), TREES, MASK)
    assert told == "It raised KeyError: 'SHOP_TOKEN_2' or ***."


def test_an_error_that_says_nothing_of_its_own_is_told_whole() -> None:
    text = "The model 'm:x9-y8' is not there."
    assert concealed_error(failing("", text), TREES, MASK) == text
    assert concealed_error(failing("", "It is at https://ann:pw@h/."), TREES, MASK) == "It is at https://ann:***@h/."


def test_the_password_of_a_broken_url_is_found_where_the_url_is_declared() -> None:
    mask = Mask(role=lambda path, _: Role.DSN if path == ("there",) else None)
    leaves = (Leaf(path=("there",), value="postgresql://[broken"), Leaf(path=("here",), value=3))
    assert concealed("all is well", ("here",), [Tree(environment="production", leaves=leaves)], mask) == "all is well"
