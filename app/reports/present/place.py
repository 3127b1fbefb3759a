"""An origin as people write it."""

from collections.abc import Callable

from app.reports import wire


def place(  # noqa: PLR0911 - one for each kind
    origin: wire.Origin | None, clean: Callable[[str], str], nowhere: str
) -> str:
    """An origin on one line.

    Args:
        origin: the place.
        clean: makes what others have written fit to be shown where it is to stand.
        nowhere: what is said where no layer sets it.
    """
    match origin:
        case None:
            return nowhere
        case wire.FileOrigin(file=file, line=None):
            return clean(file)
        case wire.FileOrigin(file=file, line=line, column=column):
            return f"{clean(file)}:{line}:{column}"
        case wire.DotenvOrigin(file=file, line=line, name=name):
            at = f"{clean(file)}:{line}" if line else clean(file)
            return f"{clean(name)} in {at}" if name else at
        case wire.DeploymentOrigin(file=file, line=line, column=column, name=name, via=via):
            at = f"{clean(file)}:{line}:{column}" if line else clean(file)
            return f"{clean(name)} in {at}" + (f" ({clean(via)})" if via else "")
        case wire.CallOrigin(file=file, line=line, column=column):
            return f"{clean(file)}:{line}:{column} (the Dynaconf call)"
        case wire.ValidatorOrigin(file=file, line=line, column=column):
            return f"{clean(file)}:{line}:{column} (a validator)"
        case wire.VariableOrigin(name=name):
            return f"variable {clean(name)}"
        case wire.DefaultOrigin(model=model):
            return f"default of {clean(model)}"


def authorship(origin: wire.Origin | None) -> str:
    """Who wrote the line of a place, when and why, with the commit; empty where that is not known."""
    commit = origin.commit if isinstance(origin, wire.FileOrigin | wire.DeploymentOrigin) else None
    if not isinstance(commit, wire.LineCommit):
        return ""
    return f"{commit.author}, {commit.date[:10]}: {commit.subject} ({commit.id[:10]})"
