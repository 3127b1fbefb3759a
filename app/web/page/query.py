"""What the page's address asks: every state of the page is a link."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.core.errors import did_you_mean

VIEWS = ("overview", "matrix", "compare", "findings", "plan", "releases", "instances", "database", "history", "rule")
ONLY = ("all", "differences", "missing", "findings", "secrets", "unread")
EXPORTS = ("", "csv", "json", "toml")

_LONGEST = 4096
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for.

    Attributes:
        project: the project that is looked at; empty for the one that the service was started for.
        view: one of VIEWS.
        environment: narrows the view, and says whose value is explained; empty for all, or for the active one.
        key: the key to explain; empty for none.
        filter: the matrix shows keys and values with these words, in any order.
        only: one of ONLY; which rows the matrix shows.
        columns: the environments that have a column, with commas, in their order; empty for all.
        pinned: those of them that stay in sight.
        export: one of EXPORTS; the matrix as a file.
        rule: the rule to show, or whose findings.
        left: the earlier of two snapshots, or one of two environments.
        right: the later of two snapshots, or the other environment.
        before: where the time line goes on.
        base: the revision before the change that is planned; empty for where HEAD left the default branch.
        head: the one after it; empty for the working tree.
    """

    project: str = ""
    view: str = "overview"
    environment: str = ""
    key: str = ""
    filter: str = ""
    only: str = "all"
    columns: str = ""
    pinned: str = ""
    export: str = ""
    rule: str = ""
    left: str = ""
    right: str = ""
    before: str = ""
    base: str = ""
    head: str = ""

    def at(self, **said: Any) -> str:
        """The address of another state of the same project."""
        return address(Asked(project=self.project, **said))

    def link(self, **changes: Any) -> str:
        """The address of this state, changed like this."""
        return address(replace(self, **changes))


FIELDS = tuple(Asked.__dataclass_fields__)
_DEFAULTS = Asked()


def address(asked: Asked) -> str:
    """The address of a state; what is as always is left out."""
    said = [(name, getattr(asked, name)) for name in FIELDS]
    told = [(name, value) for name, value in said if value != getattr(_DEFAULTS, name)]
    return f"/?{urlencode(told)}" if told else "/"


def read(query: bytes) -> tuple[Asked, tuple[str, ...]]:
    """What a query asks, and what in it cannot be understood, each with the nearest that can."""
    try:
        said = parse_qsl(query.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Asked(), ("The address has too many parameters.",)
    given = dict(said)
    known = {name: value for name, value in given.items() if name in FIELDS}
    asked = Asked(**{name: value for name, value in known.items() if not _is_wrong(name, value)})
    times = Counter(name for name, _ in said)
    return asked, (*_notes(given), *(_repeated(name) for name in known if times[name] > 1))


def _repeated(name: str) -> str:
    return f"The parameter {name!r} stands there more than once; the last one counts."


def _is_wrong(name: str, value: str) -> bool:
    return value not in _WORDS.get(name, (value,)) or len(value) > _LONGEST


def _notes(given: Mapping[str, str]) -> Iterator[str]:
    for name, value in given.items():
        if name not in FIELDS:
            yield f"The page knows no parameter {_short(name)!r}. {did_you_mean(name[:100], FIELDS)}"
        elif len(value) > _LONGEST:
            yield f"The parameter {name!r} is too long."
        elif _is_wrong(name, value):
            yield f"There is no {_NOUNS[name]} {_short(value)!r}. {did_you_mean(value[:100], _WORDS[name])}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - as much as reads well


_WORDS: Mapping[str, tuple[str, ...]] = {"view": VIEWS, "only": ONLY, "export": EXPORTS}
_NOUNS: Mapping[str, str] = {"view": "view", "only": "choice of rows", "export": "kind of file"}
