"""The log level is debug or lower, or every SQL statement is logged.

Debug logs and SQL statements hold what users type in, their secrets included, and cost disk and time.

Wrong:

    [production.logging]
    level = "debug"

Right:

    [production.logging]
    level = "info"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import amount, is_on

_VERBOSE = frozenset({"debug", "trace", "notset", "all", "verbose", "silly", "finest"})
_DEBUG = 10
_INFO = 20
"""The numbers that Python's logging gives to `DEBUG` and `INFO`."""


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Levels of loggers at debug or below, and SQL echo."""
    for leaf in _levels(subject):
        if _is_verbose(leaf):
            message = f"{leaf.key} logs what only developers read."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=_quieter(leaf)), leaf=leaf)
    for leaf in subject.leaves(Role.SQL_ECHO):
        if is_on(leaf.value) or (isinstance(leaf.value, str) and leaf.value.strip().lower() == "debug"):
            message = f"{leaf.key} logs every SQL statement."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=False), leaf=leaf)


def _levels(subject: EnvironmentContext) -> Iterator[Leaf]:
    """Log levels, and those of the loggers that Python's `logging.config` knows by name."""
    yield from subject.leaves(Role.LOG_LEVEL)
    for leaf, _ in subject.found(_is_loggers):
        if subject.role(leaf.path, leaf.value) is None:
            yield leaf


def _is_loggers(leaf: Leaf) -> bool | None:
    names = [str(part).lower() for part in leaf.path[-3:]]
    return (names[0] == "loggers" and names[-1] == "level") or None


def _is_verbose(leaf: Leaf) -> bool:
    """Whether a level lets debug messages through; a handler's does not where its logger's stops them."""
    if any(str(part).lower() == "handlers" for part in leaf.path):
        return False
    text = leaf.value.strip().lower().removeprefix("logging.") if isinstance(leaf.value, str) else ""
    number = None if "verbosity" in words(str(leaf.path[-1])) else amount(leaf.value)
    return text in _VERBOSE or (number is not None and number <= _DEBUG)


def _quieter(leaf: Leaf) -> str | int:
    """The level to write, in the spelling that stands there: Python's logging refuses `info` where it takes `DEBUG`."""
    if not isinstance(leaf.value, str):
        return _INFO
    text = leaf.value.strip()
    if amount(text) is not None:
        return str(_INFO)
    if text.lower().startswith("logging."):
        return f"{text[: len('logging.')]}INFO"
    is_pythons = any(str(part).lower() == "loggers" for part in leaf.path)
    return "INFO" if text.isupper() or is_pythons else "Info" if text.istitle() else "info"


RULE = Rule(
    id="LOG001",
    name="verbose-logging",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Logging is as verbose as in development.",
    source="OWASP ASVS 5.0, 16.2.5",
    page=__doc__,
    check=check,
)
