"""What the code reads, as people read it."""

from collections.abc import Iterable, Iterator

import click

from app.cli.session import pass_over
from app.cli.text.values import read_places
from app.reports.wire.usage import CodeValidator, UnclearPlace, UnsetKey, UsageReport, UsedKey


def usage(document: UsageReport, *, whole: bool) -> str:
    """The keys by verdict: what nothing reads first; those that are read are listed where they are asked for.

    Args:
        document: the report.
        whole: whether it is about all keys.
    """
    if document.call is None:
        return "No code is read: no Dynaconf call belongs to these profiles, or a model stands for it."
    blocks = [
        _block("Read by no code", [_name(one) for one in document.keys if one.verdict == "unread"]),
        _block("Read, and not set", list(map(_missing, document.missing))),
        _block("Not clear", [_unclear(one, whole=whole) for one in document.keys if one.verdict == "unclear"]),
        _block("Read", [_read(one) for one in document.keys if one.verdict == "read"]),
        _block("Validators", list(map(_validator, document.validators))),
    ]
    return "\n\n".join([*(block for block in blocks if block), _summary(document)])


def _summary(document: UsageReport) -> str:
    verdicts = [one.verdict for one in document.keys]
    told = ", ".join(f"{verdicts.count(word)} {word}" for word in ("read", "unread", "unclear"))
    place = f"{document.call.file}:{document.call.line}" if document.call else ""
    count = "1 key" if len(verdicts) == 1 else f"{len(verdicts)} keys"
    return f"{count}: {told}. Settings are made in {pass_over(place)}."


def _block(title: str, lines: Iterable[str]) -> str:
    listed = [line for line in lines if line]
    return "\n".join([click.style(title, bold=True), *(f"  {line}" for line in listed)]) if listed else ""


def _name(one: UsedKey | UnsetKey) -> str:
    return pass_over(one.key)


def _read(one: UsedKey) -> str:
    return f"{_name(one)}  {read_places(one.reads)}"


def _missing(one: UnsetKey) -> str:
    nearest = f"; it looks like {pass_over(one.nearest)}" if one.nearest else ""
    default = ", with a default" if all(read.default for read in one.reads) else ""
    where = pass_over(", ".join(one.environments))
    return f"{_name(one)}  in {where}: read at {read_places(one.reads)}{default}{nearest}"


def _unclear(one: UsedKey, *, whole: bool) -> str:
    shown = one.unclear[: 1 if whole else None]
    return f"{_name(one)}  {'; '.join(_reasons(shown))}"


def _reasons(unclear: Iterable[UnclearPlace]) -> Iterator[str]:
    yield from (pass_over(f"{one.file}:{one.line}: {one.message}") for one in unclear)


def _validator(one: CodeValidator) -> str:
    names = pass_over(", ".join(one.names)) or "of names that are computed"
    failing = [verdict.name for verdict in one.environments if verdict.passed is False]
    said = f"refuses {pass_over(', '.join(failing))}" if failing else "passes"
    return f"{names}  {pass_over(f'{one.file}:{one.line}')} {said if one.readable or failing else 'cannot be known'}"
