"""What is a secret, by the name of its key and by its form: the one answer for whatever masks and whatever judges."""

from app.core.secrecy.formats import Found, has_secret_shape, is_unguessable, known_formats, secret_spans
from app.core.secrecy.names import Kind, Words, is_about_secret, is_key, names_secret, plural_kind, secret_kind, words
from app.core.secrecy.pointers import is_pointer
from app.core.secrecy.sayings import repeats, without

__all__ = [
    "Found",
    "Kind",
    "Words",
    "has_secret_shape",
    "is_about_secret",
    "is_key",
    "is_pointer",
    "is_unguessable",
    "known_formats",
    "names_secret",
    "plural_kind",
    "repeats",
    "secret_kind",
    "secret_spans",
    "without",
    "words",
]
