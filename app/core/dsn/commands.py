"""Secrets among the arguments of command lines: `curl -u bob:…`, `mysql -p…`, `--password …`."""

import re
from collections.abc import Iterator, Mapping

from app.core.secrecy import is_pointer, names_secret

_WORD = re.compile(r"\S+")
_AROUND = "\"'`"

_LOGIN = frozenset({"-u", "--user", "-U", "--proxy-user", "-a", "--auth"})
"""Options of those that speak HTTP, which take `user:password`."""

_OPTIONS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("mysql", "mysqldump", "mysqladmin", "mariadb", "sshpass"), frozenset({"-p"})),
    **dict.fromkeys(("docker", "podman", "helm", "oc", "az"), frozenset()),
    "login": frozenset({"-p"}),  # of those
    "redis-cli": frozenset({"-a"}),
    "ldapsearch": frozenset({"-w"}),
}
"""Short options that take a password, by the program."""

_HTTP = frozenset({"curl", "http", "https", "xh", "httpie"})
_GLUED = frozenset({"mysql", "mysqldump", "mysqladmin", "mariadb", "sshpass"})
"""Programs whose `-p` may have the password right behind it."""


def command_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where passwords stand in a command line, from left to right; one pass over its words."""
    program, option = "", ""
    for found in _WORD.finditer(text):
        word, start = found[0], found.start()
        if option:
            yield from _given(option, word, start)
            option = ""
        elif word.startswith("-"):
            yield from _glued(program, word, start)
            option = _awaited(program, word)
        elif (name := word.strip(_AROUND).rpartition("/")[2]) in _HTTP or name in _OPTIONS:
            program = name if name != "login" or program in _OPTIONS else program


def _awaited(program: str, word: str) -> str:
    """The option whose value is the next word, if that is a secret; `login` for a user and a password."""
    if program in _HTTP and word in _LOGIN:
        return "login"
    named = word.startswith("--") and "=" not in word and names_secret(word.lstrip("-"))
    return "secret" if named or word in _OPTIONS.get(program, ()) else ""


def _given(option: str, word: str, start: int) -> Iterator[tuple[int, int]]:
    bare = word.strip(_AROUND)
    begin = start + word.index(bare) if bare else start
    if option == "login":
        user, colon, password = bare.partition(":")
        begin, bare = begin + len(user) + 1, password if colon else ""
    if bare and not bare.startswith("-") and not is_pointer(bare):
        yield begin, begin + len(bare)


def _glued(program: str, word: str, start: int) -> Iterator[tuple[int, int]]:
    if program in _HTTP and word[:2] in {"-u", "-a"} and ":" in word:
        yield start + word.index(":") + 1, start + len(word)
    elif program in _GLUED and word.startswith("-p") and len(word) > len("-p"):
        yield start + len("-p"), start + len(word)
