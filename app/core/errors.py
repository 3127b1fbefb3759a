"""Everything that can stop Assay, in one tree.

AssayError
├── ProjectError            the project cannot be used               exit 2, HTTP 503
├── ArgumentError           an option or argument cannot be used     exit 2, HTTP 400
│   ├── UnknownEnvironment                                           exit 2, HTTP 404
│   ├── UnknownKey                                                   exit 2, HTTP 404
│   ├── UnknownProject                                               exit 2, HTTP 404
│   ├── UnknownRule                                                  exit 2, HTTP 404
│   ├── UnknownSnapshot                                              exit 2, HTTP 404
│   ├── UnknownRelease                                               exit 2, HTTP 404
│   └── ValueUnavailable    a value that is not set, or not shown    exit 1
├── RepositoryError         no git repository, or none that answers  exit 2, HTTP 409
│   └── UnusableRevision    a commit's options cannot be used        exit 2, HTTP 409
├── TargetError             a database target cannot be understood   exit 2, HTTP 422
├── TargetNotAllowed        this caller may not probe that target    exit 2, HTTP 403
├── EditConflict            a file changed while it was edited           exit 1
├── ProfilesChanged      they are not any more what an edit was made from     exit 1, HTTP 412
├── EditRefused             an edit would be set nowhere, and is not made    exit 1
├── ReleaseConflict         another release was first                exit 1, HTTP 409
├── ReleaseRefused          it has errors                            exit 1, HTTP 422
├── ApprovalRefused         not by this one                          exit 1, HTTP 403
├── TooManyInstances        no more are kept of an environment       exit 1, HTTP 429
├── StartRefused            the service will not start like this     exit 2
├── EmbeddedServerError     the embedded PostgreSQL cannot run       exit 3, HTTP 503
├── DatabaseUnavailable     the database does not answer             exit 3, HTTP 503
├── MigrationsPending       the tables are not those of this version exit 3, HTTP 503
├── HistoryOff              there is no history to ask               exit 2, HTTP 503
└── MigrationFailed         the database refused a migration         exit 1, HTTP 503
    └── SchemaUnknown       a newer version has made the tables      exit 1, HTTP 503

A wrong *configuration* is a finding; only an unusable source or argument is an error.
"""

from collections.abc import Iterable, Iterator, Mapping

from app.core import limits


class AssayError(Exception):
    """What went wrong, and what to do about it.

    Attributes:
        code: stable, machine-readable name of the error.
        message: one sentence for a person.
        fix: what to do about it.
        origin: the place in the wire format's Origin shape, where there is one.
    """

    code = "error"
    exit_status = 2
    http_status = 500

    def __init__(self, message: str, *, fix: str = "", origin: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.origin = origin


class ProjectError(AssayError):
    """The project's folder or its options cannot be used."""

    code = "project-unusable"
    http_status = 503


class ArgumentError(AssayError):
    """An option, argument or request cannot be used."""

    code = "argument-invalid"
    http_status = 400


class UnknownEnvironment(ArgumentError):
    """No environment bears this name."""

    code = "environment-unknown"
    http_status = 404


class UnknownKey(ArgumentError):
    """No layer sets this key."""

    code = "key-unknown"
    http_status = 404


class UnknownProject(ArgumentError):
    """No project of the workspace bears this name."""

    code = "project-unknown"
    http_status = 404


class ValueUnavailable(ArgumentError):
    """A value that is not set, may not be shown, or is not known before the application runs."""

    code = "value-unavailable"
    exit_status = 1


class UnknownRule(ArgumentError):
    """The catalogue has no such rule."""

    code = "rule-unknown"
    http_status = 404


class UnknownSnapshot(ArgumentError):
    """The history has no such snapshot, or no longer."""

    code = "snapshot-unknown"
    http_status = 404


class UnknownRelease(ArgumentError):
    """The project has no such release."""

    code = "release-unknown"
    http_status = 404


class UnknownRevision(ArgumentError):
    """The repository has no such revision, or not here."""

    code = "revision-unknown"
    http_status = 404


class RepositoryError(AssayError):
    """There is no git repository, or git does not answer about it."""

    code = "repository-unusable"
    http_status = 409


class UnusableRevision(RepositoryError):
    """The options that a project has in a commit cannot be used, or there is no project in it."""

    code = "revision-unusable"


class TargetError(AssayError):
    """A database target cannot be understood; no connection was tried.

    Attributes:
        errors: the fields at fault, each with what is wrong with it.
    """

    code = "target-invalid"
    http_status = 422

    def __init__(self, message: str, *, fix: str = "", errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message, fix=fix)
        self.errors = dict(errors or {})


class TargetNotAllowed(AssayError):
    """This caller may not have that target probed."""

    code = "target-not-allowed"
    http_status = 403


class EditConflict(AssayError):
    """A file changed while it was edited; nothing was written over the change."""

    code = "file-changed"
    exit_status = 1
    http_status = 409


class ProfilesChanged(AssayError):
    """The profiles are not any more what an edit was made from; nothing was written."""

    code = "profiles-changed"
    exit_status = 1
    http_status = 412

    def __init__(self) -> None:
        super().__init__("The profiles have changed.", fix="Look at what they say now, and make the edit again.")


class EditRefused(AssayError):
    """An edit is not made, since nothing would read what it writes."""

    code = "edit-refused"
    exit_status = 1
    http_status = 409


class StartRefused(AssayError):
    """The service does not start with this configuration."""

    code = "start-refused"
    exit_status = 2


class EmbeddedServerError(AssayError):
    """The embedded PostgreSQL cannot be started or used."""

    code = "embedded-server"
    exit_status = 3
    http_status = 503


class DatabaseUnavailable(AssayError):
    """The database does not answer."""

    code = "database-unavailable"
    exit_status = 3
    http_status = 503


class MigrationsPending(AssayError):
    """The tables of the history are not there, or are those of an older version."""

    code = "migrations-pending"
    exit_status = 3
    http_status = 503


class HistoryOff(AssayError):
    """Nothing is remembered: the settings say so, or name no database."""

    code = "history-off"
    http_status = 503


class MigrationFailed(AssayError):
    """The database refused a migration; nothing was changed."""

    code = "migration-failed"
    exit_status = 1
    http_status = 503


class SchemaUnknown(MigrationFailed):
    """The tables are of a revision that this version of Assay does not know."""

    code = "schema-unknown"


def traced(error: BaseException) -> str:
    """Where an error came from, and its kind; its text only if it is one of ours, since any other may quote a value."""
    return "".join(_traced(error, set()))


def _traced(error: BaseException, told: set[int]) -> Iterator[str]:
    from traceback import format_tb  # noqa: PLC0415 - a run without a fault does not pay for it

    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from _traced(before, told)
        yield "\nwhich led to\n\n"
    yield "Traceback (most recent call last):\n"
    yield from format_tb(error.__traceback__)
    yield f"{type(error).__qualname__}{f': {error}' if isinstance(error, AssayError) else ''}\n"
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield "\none of them\n\n"
        yield from _traced(inner, told)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that the given one was probably meant to be; None where nothing is near, or too much is long."""
    from difflib import get_close_matches  # noqa: PLC0415 - a run without a mistake does not pay for it

    asked = word.casefold()
    if len(asked) > limits.WORD.figure:
        return None
    folded = {one.casefold(): one for one in known if len(one) <= limits.WORD.figure}
    alike = folded if len(folded) <= limits.WORDS.figure else [one for one in folded if one[:1] == asked[:1]]
    matches = get_close_matches(asked, list(alike)[: limits.WORDS.figure], n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that suggests the nearest known word, or lists the known ones."""
    words = sorted(set(known))
    if match := nearest(word, words):
        return f"Did you mean {match!r}?"
    if len(words) > limits.LISTED.figure:
        return f"Known: {', '.join(words[: limits.LISTED.figure])} and {len(words) - limits.LISTED.figure} more."
    return f"Known: {', '.join(words)}." if words else ""
