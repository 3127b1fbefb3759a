"""Names, forms and sentences: what the one recogniser of secrets says."""

import pytest
from canaries import known
from secrecy_lists import FORMS, NAMES, SHOWN

from app.core.dsn import mask
from app.core.secrecy import is_pointer, names_secret, repeats, secret_spans, without
from app.core.secrecy.plain import plain_words, resembles


@pytest.mark.parametrize("name", NAMES)
def test_a_name_whose_end_is_a_secret_names_one(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", [name for name in SHOWN if name not in {"password", "token", "private_key", "webhook_url"}]
)
def test_a_name_that_speaks_of_a_secret_names_none(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_masked_alone_within_a_text_and_in_a_url(form: str) -> None:
    assert "***" in mask(form)
    behind = "" if "BEGIN" in form else " there"  # a private key goes on to its end
    assert mask(f"see {form}{behind}") == f"see {mask(form)}{behind}"
    assert mask(mask(form)) == mask(form)


def test_what_is_masked_does_not_grow_slow_with_a_texts_length() -> None:
    """Each would take minutes where an expression goes back over what it has read."""
    for text in ("key" * 40000, "password=" * 20000, '"a":' * 30000, "Basic " * 30000, "eyJ" * 40000, "glpat-" * 20000):
        mask(text)


@pytest.mark.parametrize("text", ["/parameters/app/db", "/run/secrets/db_password", "keys/jwt.pem", "${DB_PASSWORD}"])
def test_a_pointer_is_no_secret(text: str) -> None:
    assert is_pointer(text)


@pytest.mark.parametrize("text", ["hunter2/x", "/a9F+x/Q7w", "correct horse", "s3cr3t.value", "$ecret", "abc/def"])
def test_a_secret_with_a_slash_is_no_pointer(text: str) -> None:
    assert not is_pointer(text)


@pytest.mark.parametrize(
    ("sentence", "password"),
    [
        ('password authentication failed for user "app"', "pass"),
        ('password authentication failed for user "app"', "user"),
        ('password authentication failed for user "app"', "app"),
        ('no pg_hba.conf entry for host "10.0.0.7", user "app", SSL off', "pg_hba.conf"),
    ],
)
def test_a_sentences_fixed_words_and_public_names_stay_whatever_the_password(sentence: str, password: str) -> None:
    assert without(sentence, password, ["app"]) == sentence


@pytest.mark.parametrize(
    "sentence",
    ['no such role "{}"', "kein Benutzer »{}«", "rôle « {} » inconnu", "login {} refused", "bad secret: {}", "no '{}'"],
)
def test_what_a_sentence_repeats_is_masked(sentence: str) -> None:
    secret = known("hunter2-Zq")
    assert without(sentence.format(secret), secret) == sentence.format("***")


def test_a_word_is_repeated_only_as_a_word() -> None:
    assert not repeats("the password is short", "pass")
    assert repeats("no pass, please", "pass")
    assert repeats("xhunter2x", "hunter2")


def test_of_an_address_only_the_secret_part_is_hidden() -> None:
    text = "https://hooks.slack.com/" + "services/T0LQX7MV9/B0WKCZ8BN/" + known("sT5wR8nJ3vXhY6cMq1zPdFaE")
    assert mask(text) == "https://hooks.slack.com/***"
    assert secret_spans(text) == ((24, len(text)),)


@pytest.mark.parametrize(
    ("sentence", "is_alike"),
    [
        ("It was abSECRET1x", True),
        ("the secr et-1 there", True),
        ("said 1tErceS backwards", True),
        ("secret", True),
        ("secre", False),
        ("secre, and no more", False),
        ("", False),
    ],
)
def test_a_sentence_resembles_a_secret_of_which_it_has_six_letters_in_a_row(sentence: str, *, is_alike: bool) -> None:
    assert resembles(sentence, ["zzsecret1zz"]) is is_alike


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Input should be at least 1234", "Input should be at least 1234"),
        ("at least 12345", "at least ***"),
        ("well-known, and don't", "well-known, and don't"),
        ("the HTTPError of Redis", "the HTTPError of Redis"),
        ("it was aB3 and hUNTER", "it was *** and ***"),
        ('said "a1b2" twice', 'said "***" twice'),
        ("abcdefghijklmnopqrst abcdefghijklmnopqrstu", "abcdefghijklmnopqrst ***"),
        ("correct horse", "***"),
        ("a CORRECT one", "a *** one"),
        ("esroh tcerroc", "***"),
        ("orre hor", "*** hor"),
        ("a staple battery", "a staple ***"),
        ("spelled h o r s e here", "spelled *** here"),
        ("plan a b only", "plan a b only"),
        ("a long way off b or c", "a long way off b or c"),
        ("it is xYz", "it is ***"),
        ("x, y, z", "***"),
        ("... and ....", "... and ***"),
        ("a1 b2 c3", "***"),
        ("a1 of b2", "*** of ***"),
        ("", ""),
    ],
)
def test_of_a_strangers_sentence_plain_words_are_shown(sentence: str, shown: str) -> None:
    assert plain_words(sentence, [known("Correct-Horse"), known("correcthorse9battery")], ["staple"]) == shown


def test_a_word_that_is_public_is_shown_though_a_secret_has_it() -> None:
    assert plain_words("the Horse is", [known("correcthorse")], ["horse"]) == "the Horse is"
    assert plain_words("the horse's", [known("correcthorse")], ["horse"]) == "the horse's"
