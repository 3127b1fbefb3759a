"""Secrets that are known by heart are found in whatever spelling repeats them."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from projects import MakeProject

from app.core.roles import Role
from app.core.secrecy.formats import has_secret_shape, is_unguessable
from app.core.secrecy.taint import NOTHING, is_telling, is_telling_name, taint
from app.project.known_secrets import known_secrets, said_in

SECRET = 'kV7t+Q2/xL9\t"w&Kp4é'
NUMBER = "9876543210123"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "backwards": lambda text: text[::-1],
    "in Python": lambda text: repr(text)[1:-1],
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON with its letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "in a URL": lambda text: quote(text, safe=""),
    "in a path": quote,
    "in a form": quote_plus,
    "in HTML": html.escape,
    "in hexadecimal": lambda text: text.encode().hex(),
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in base64 of URLs": lambda text: urlsafe_b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=list(SPELLINGS))
def test_a_secret_is_found_in_every_spelling(spelled: Callable[[str], str]) -> None:
    known = taint([SECRET, "another-0ne-of-8"])
    text = spelled(SECRET)
    assert known.touches(f"it says {text}, no more")
    shown = known.masked(f"it says {text}, no more")
    kept = text.rstrip("=")[-1:] + "=" * text.count("=")  # what the last bits are depends on what stands behind
    assert shown in {"it says ***, no more", f"it says ***{kept}, no more"}


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=list(SPELLINGS))
def test_letters_of_other_alphabets_are_escaped_though_all_of_them_are_letters(spelled: Callable[[str], str]) -> None:
    known = taint(["Straßenfest7Qx2Lünü"])
    assert known.touches(f"it says {spelled('Straßenfest7Qx2Lünü')}, no more")


@pytest.mark.parametrize("spelled", ["9876543210123", "9,876,543,210,123", "9_876_543_210_123", f"{int(NUMBER):x}"])
def test_a_number_is_found_however_its_digits_are_grouped(spelled: str) -> None:
    assert taint([NUMBER]).masked(f"it is {spelled}.") == "it is ***."


def test_a_secret_is_found_in_base64_of_a_longer_text() -> None:
    assert taint([SECRET]).touches(b64encode(f"{SECRET}more".encode()).decode())


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=list(SPELLINGS))
def test_of_what_is_spelled_with_letters_of_its_own_nothing_is_left(spelled: Callable[[str], str]) -> None:
    text = spelled(SECRET)
    if "=" not in text:
        assert taint([SECRET]).masked(f"<{text}>") == "<***>"


def test_a_text_that_repeats_nothing_stays() -> None:
    known = taint([SECRET, NUMBER])
    for text in ("", "short", "kV7t+Q", "987654321012", "a longer text that has nothing to do with either"):
        assert known.masked(text) == text
        assert not known.touches(text)
    assert NOTHING.masked(SECRET) == SECRET


@pytest.mark.parametrize("text", ["hunter2-Zq", "a1b2c3d4", "correcthorsebatterystaple", "pass-word-1234"])
def test_these_stand_nowhere_by_chance(text: str) -> None:
    assert is_telling(text)


@pytest.mark.parametrize("text", ["hunter2", "a1a1a1a1a1", "password", "production-eu-1", "db_host.name/42", ""])
def test_these_may_stand_anywhere(text: str) -> None:
    assert not is_telling(text)


def test_a_name_of_which_only_the_place_is_secret_has_a_digit_and_is_no_address() -> None:
    assert is_telling_name("hunter2-Zq")
    assert is_telling_name("kV7tQ2xL9wKp4")
    for text in ("db1x9.example.com", "https://a1b2c3", "a1b2c3d4@h", "a1 b2 c3 d4", "hunter-Zq-Kp", "hunter2"):
        assert not is_telling_name(text)


def test_what_is_known_is_told_by_a_keys_role_by_its_place_by_a_url_and_by_a_variables_name() -> None:
    said = [
        (("password",), "by-role-7Qx2"),
        (("placed",), "byplace7Qx2"),
        (("placed",), "no.name-7Qx2"),
        (("store",), "redis://app:by-url-7Qx2@h"),
        (("plain",), "by-none-7Qx2"),
        (("plain",), "host=db password='by-pairs-7Qx2' dbname=orders"),
        (("plain",), "the password is by-none-7Qx3"),
        (("password",), "${SOME_PLACE_7}"),
        (("password",), 9182736450),
        (("password",), True),
        (("password",), "hunter"),
    ]
    variables = {
        "APP_TOKEN": "by-name-7Qx2", "APP_URL": "amqp://u:by-address-7Qx2@h", "PATH": "/by/path-7Qx2:/x",
        "APP_SECRET": "@format {this.key7Qx2}",
    }  # fmt: skip
    known = known_secrets(
        lambda path, _: Role.PASSWORD if path == ("password",) else None,
        lambda path: path == ("placed",),
        said,
        variables,
    )
    assert known.secrets == {
        "by-role-7Qx2", "byplace7Qx2", "by-url-7Qx2", "9182736450", "by-name-7Qx2", "by-address-7Qx2",
        "by-pairs-7Qx2",
    }  # fmt: skip


@pytest.mark.parametrize(("options", "section"), [("", "default"), ("environments = false\n", "")])
def test_what_files_say_is_told_by_its_key_without_the_section(
    project: MakeProject, options: str, section: str
) -> None:
    head = f"[{section}]\n" if section else ""
    made = project({"assay.toml": options, "settings.toml": f"{head}box.word = 'a'\nboxes = [{{word = 'b'}}, 1]\n"})
    said = dict(said_in(made.workspace().project))
    assert said == {("box", "word"): "a", ("boxes", 0, "word"): "b", ("boxes", 1): 1}


def test_a_text_has_a_secrets_shape_where_nothing_else_stands_in_it() -> None:
    token = "ghp_" + "a1B2c3D4e5" * 4
    assert has_secret_shape(token)
    assert has_secret_shape(f" {token}\n")
    assert not has_secret_shape(f"see {token}")
    assert not has_secret_shape("plain")


def test_a_text_of_all_kinds_of_signs_or_a_long_digest_was_made_by_a_machine() -> None:
    assert is_unguessable("sq7HjrUOBfKmC576ILgs")
    assert is_unguessable("0123456789abcdef" * 2)
    for text in (
        "sq7HjrUOBfKmC576ILg",
        "sq7hjruobfkmc576ilgs",
        "SQ7HJRUOBFKMC576ILGS",
        "sqXHjrUOBfKmCxyzILgs",
        "0" * 31,
    ):
        assert not is_unguessable(text)
