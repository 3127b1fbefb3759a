"""A validator of the application's code refuses what an environment has: the application does not start.

Validators are read, never run, and what they check is what Dynaconf would hand them: keys whatever their case, after
casts, with defaults. One for another environment (`env="production"`) is checked in every process, unless the call says
`validate_only_current_env=True`: then an application may fail to start in development for what production lacks.

A key that has to be there and is not is an error in every environment, and a secret is no exception: only running the
environment's own deployment would tell whether it holds it. The option `deployed` says that it does: where the
environment is inactive, its key is then deferred. Where the code itself sets the key before it has its validators
checked (`settings.setdefault("WORKERS", 4)`), nothing is told.

What `dynaconf_validators.toml` demands is checked by `dynaconf validate`, and not by the application when it starts. It
is an error all the same: whoever writes that file down has the command end what does not agree with it.

Wrong:

    # config.py
    from dynaconf import Dynaconf, Validator

    settings = Dynaconf(
        environments=True,
        settings_files=["settings.toml"],
        validators=[Validator("WORKERS", must_exist=True, gte=2, env="production")],
    )

    # settings.toml
    [production]
    workers = 1

Right:

    # config.py
    from dynaconf import Dynaconf, Validator

    settings = Dynaconf(
        environments=True,
        settings_files=["settings.toml"],
        validators=[Validator("WORKERS", must_exist=True, gte=2, env="production")],
    )

    # settings.toml
    [production]
    workers = 4
"""

from collections.abc import Iterator
from typing import Any

from app.core import dsn
from app.core.findings import Deferred, Finding, Fix, Severity
from app.core.layers import Path, dotted, parse_key
from app.core.secrecy.formats import secret_spans
from app.core.validators import ValidatorResult
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_LONG = 300
_EQUAL = frozenset({"eq", "ge", "gte", "le", "lte"})
_BY_COMMAND = ", which `dynaconf validate` checks, and the application when it starts does not"
_STEPS = {"gt": 1, "lt": -1}
_NAMING = ("eq", "is_in", "gte", "ge", "gt", "lte", "le", "lt")
_OF_TYPE = {int: "1", str: '"…"', bool: "true", float: "1.0", list: '["…"]', dict: '{ "…" = "…" }'}


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Validators that refuse."""
    for result in subject.tree.results:
        if result.passed is False and not _is_told(subject, result) and not _is_supplied(subject, result):
            yield rule.finding(subject, result.path, _message(subject, result), _fix(subject, result),
                               origin=result.origin, related=(result.validator.origin,))  # fmt: skip


def _is_told(subject: EnvironmentContext, result: ValidatorResult) -> bool:
    """Whether it fails on a reference of this environment that leads nowhere, which SRC018 tells."""
    is_read = result.failing == "crash" and result.path and not _is_elsewhere(subject, result)
    return bool(is_read) and any(leaf.state == "unresolved" for leaf in subject.tree.below(result.path))


def deferred(subject: EnvironmentContext) -> Iterator[Deferred]:
    """Required keys that the environment's own deployment is declared to supply."""
    for result in subject.tree.results:
        if _is_supplied(subject, result):
            yield subject.deferral(result.path, dotted(result.path))


def _is_supplied(subject: EnvironmentContext, result: ValidatorResult) -> bool:
    """Whether what is missing is declared to be the deployment's."""
    is_missing = result.passed is False and result.failing == "missing" and not _is_elsewhere(subject, result)
    return is_missing and subject.deployed.supplies(result.path)


def _message(subject: EnvironmentContext, result: ValidatorResult) -> str:
    text = _text(subject, result)
    said = f"{text} (the validator at {_place(result)}{_BY_COMMAND if result.validator.file.endswith('.toml') else ''})"
    if result.failing == "crash":
        said = f"The validator at {_place(result)} cannot check {result.name or 'anything'}: {text}"
    if _is_elsewhere(subject, result):
        return f"{said}. It is checked whatever environment runs."
    return f"{said}." if result.failing != "crash" else said


def _place(result: ValidatorResult) -> str:
    return f"{result.validator.file}:{result.validator.span.line}"


def _text(subject: EnvironmentContext, result: ValidatorResult) -> str:
    """What Dynaconf says; without values where one may be a secret."""
    is_told = not result.tabular and not _is_secret(subject, result) and not secret_spans(result.message)
    text = dsn.mask(result.message) if is_told else result.discreet
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _is_secret(subject: EnvironmentContext, result: ValidatorResult) -> bool:
    """Whether one of the validator's keys, or something in its table, may not be quoted."""
    paths = [parse_key(key.replace("__", ".")) or (key,) for key in result.validator.keys]
    leaves = [leaf for path in paths for leaf in subject.tree.below(path)]
    below = [path for leaf in leaves for path in (leaf.path, *leaf.reaches)]
    return any(map(subject.is_secret, [*paths, *below]))


def _is_elsewhere(subject: EnvironmentContext, result: ValidatorResult) -> bool:
    """Whether the value is another environment's."""
    return bool(result.environment) and result.environment.lower() != subject.tree.environment.lower()


def _fix(subject: EnvironmentContext, result: ValidatorResult) -> Fix | str:
    key, place = dotted(result.path) or "the key", _place(result)
    if result.failing == "crash":
        return f"Correct {key}, or the validator at {place}."
    if _is_elsewhere(subject, result):
        verb = {"missing": "Set", "present": "Take out"}.get(result.failing, "Correct")
        where = "from" if verb == "Take out" else "in"
        return (
            f"{verb} {key} {where} [{result.environment.lower()}]; or let each environment be checked where it runs: "
            "validate_only_current_env=True in the Dynaconf call."
        )
    if result.failing == "present":
        return f"Take {key} out of {result.origin or 'the profile'}."
    sample = '"…"' if _is_secret(subject, result) else _sample(result)
    if result.failing != "missing":
        return subject.setting(result.path, sample=sample, says=f"Correct {key}: {{}}.")
    supplied = "" if subject.active else f' Or declare it deployed in assay.toml: deployed = ["{key}"].'
    return subject.setting(_spelled(subject, result.path), sample=sample, says=f"Write {{}}.{supplied}")


def _spelled(subject: EnvironmentContext, path: Path) -> Path:
    """A key that is not there as the model or another environment spells it: validators do not mind the case."""
    shape, known = subject.shape, path
    for number, part in enumerate(path):
        name = shape.spelled(part) if shape and isinstance(part, str) else None
        shape = shape.at((part,)) if shape and name else None
        known = (*known[:number], name or part, *known[number + 1 :])
    if subject.shape and known != path:
        return known
    found = (leaf.path for tree in subject.neighbours() for leaf in tree.below(path))
    return next(found, path)[: len(path)]


def _sample(result: ValidatorResult) -> str:
    """A value that the operations let pass, where they name one; else what stands for another."""
    if result.failing != "missing":
        return _passing(result.operation, result.wanted)
    asked = {name: value for name, value in result.validator.arguments.items() if value is not None}
    named = next((name for name in (*_NAMING, "is_type_of") if name in asked), "")
    return _passing(named, asked.get(named))


def _passing(operation: str, wanted: Any) -> str:
    if operation == "is_in" and isinstance(wanted, list | tuple) and wanted:
        return _literal(wanted[0])
    if operation in _EQUAL:
        return _literal(wanted)
    if operation in _STEPS and isinstance(wanted, int) and not isinstance(wanted, bool):
        return str(wanted + _STEPS[operation])
    return _OF_TYPE.get(wanted, '"…"') if isinstance(wanted, type) else '"…"'


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if value.isprintable() else '"…"'
    return str(value) if isinstance(value, int | float) else '"…"'


RULE = Rule(
    id="VAL001",
    name="validator-failed",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A validator of the application's code refuses a value, so that the application does not start.",
    source="dynaconf.validator",
    page=__doc__,
    check=check,
    defer=deferred,
)
