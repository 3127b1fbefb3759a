"""What the reader of adopted options should know about the call that they are from."""

from collections.abc import Iterator, Sequence

from app.application import Application, Call, Reading, Remark


def spoken(application: Application) -> str:
    """Which call stands for the options that nobody has written down."""
    call, others = application.chosen, [call for call in application.others if not call.is_aside]
    more = f"; not {', '.join(other.place for other in others[:3])} (--call PATH:LINE chooses)" if others else ""
    return f"the options are those of the Dynaconf call in {call.place if call else '?'}{more}."


def noted(reading: Reading, others: Sequence[Call]) -> Iterator[str]:
    """What was read, and what was not."""
    yield f"read {reading.call.place}"
    yield from (f"not read: {other.place}, another Dynaconf call" for other in others)
    yield from map(_told, reading.remarks)
    if reading.options.get("settings_files") == []:
        yield "the call names no settings_files: only variables are read; name in assay.toml what else is"
    for setting in reading.settings:
        yield f"{setting.name} is set in the call, below every profile"


def _told(remark: Remark) -> str:
    match remark.kind:
        case "unread":
            what = f"{remark.text[:60]}, line {remark.span.line}"
            return f"{remark.name} is computed there ({what}): write it into assay.toml by hand"
        case "changes":
            return f"{remark.name} changes values: {remark.text}"
        case "lost":
            return f"{remark.name} counts for nothing there; {remark.text}=… would count"
        case "depends":
            return f"{remark.name} depends on the variable {remark.text}; written down is what counts without it"
    return f"{remark.name} is no argument of Dynaconf's, but a setting; was {remark.text} meant?"
