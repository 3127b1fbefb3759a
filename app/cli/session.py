"""What every command is given, and the options that all of them have."""

import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ArgumentError, ProjectError
from app.core.legible import legible, legible_lines
from app.core.limits import FILE
from app.core.opening import LIMIT, is_file, read_file, real_path, remedy, why

if TYPE_CHECKING:
    from app.cli.progress import Busy
    from app.deployments.given import GivenSource
    from app.project.workspace import Clock, Scope, Workspace

_COMMAND = re.compile(
    r"""(?i):(?=:(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice
    |remove-matcher|save-state|set-env|set-output|stop-commands|warning)(?:[ :]|$))|\#(?=\#(?:vso|teamcity)?\[)""",
    re.VERBOSE,
)
"""What runners of checks obey where it stands in a line that they are shown, at its begin or anywhere.

Sources: actions/runner, `ActionCommand.cs` (`::name`, `##[name]`); microsoft/azure-pipelines-agent, `Command.cs`.
"""


def pass_over(text: str) -> str:
    """A name or a message on one line, without what would steer a terminal or a runner of checks."""
    return _harmless(legible(text))


def pass_over_lines(text: str) -> str:
    """The same of a text of ours that has several lines."""
    return _harmless(legible_lines(text))


def _harmless(text: str) -> str:
    return _COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


RULE_ID = re.compile(r"[A-Za-z]{2,6}[0-9]{3}")
"""What a rule's id looks like."""

_UNREAD = frozenset({"SRC001", "SRC002", "SRC003", "SRC021"})
"""What keeps a file from being read; where such a fault is no more than a remark, nothing is missed."""


class CommandSession(Struct, kw_only=True):
    """One call of the command line.

    Attributes:
        environ: the variables that it may know of.
        folder: the working directory.
        clock: tells the time.
        format: how it answers, also where it fails.
        project: where the profiles are, relative to the folder.
        call: the place of the Dynaconf call that counts, where somebody names it.
        scope: which environments get this process's variables.
        deployment: one more source of variables: a file, or `-` for standard input.
        wide: whether nothing is cut, however narrow the terminal is.
    """

    environ: Mapping[str, str]
    folder: Path
    clock: "Clock"
    format: str = "text"
    project: str = "."
    call: str = ""
    scope: "Scope" = "active"
    deployment: str | None = None
    wide: bool = False

    def workspace(self, names: Sequence[str] = ()) -> "Workspace":
        """The project that the call is about.

        Args:
            names: the environments that the call names, to which its source of variables belongs; none: the active one.

        Raises:
            ProjectError: the folder is no project, or its options cannot be used.
            ArgumentError: the source of variables cannot be read.
        """
        from app.project.deployed import Given  # noqa: PLC0415 - a version is told without it

        found = self.anywhere()
        require_project(found)
        if given := self._given():
            chosen = tuple(found.environment(name) for name in names if not _is_rule(found, name)) or (found.active,)
            found = replace(found, given=Given(source=given, environments=chosen))
        return found

    def anywhere(self) -> "Workspace":
        """The same where the question needs no project: a folder without one has the default options and no values."""
        from app.checking.adopt.options import spoken  # noqa: PLC0415 - a version is told without them
        from app.project.workspace import open_workspace  # noqa: PLC0415 - the same

        with self.busy("reading the project"):
            found = open_workspace(self.root, self.environ, self.scope, self.clock, call=self.named_call)
        if found.project.application.speaks:
            click.echo(pass_over(f"assay: {spoken(found.project.application)}"), err=True)
        return found

    def _given(self) -> "GivenSource | None":
        """The source of variables that the call names.

        Raises:
            ArgumentError: it cannot be read.
        """
        named = self.deployment
        if named is None:
            return None
        from app.deployments.given import STDIN, GivenSource  # noqa: PLC0415 - most calls name none

        try:
            raw = sys.stdin.buffer.read(LIMIT + 1) if named == STDIN else read_file(self.folder / named)
            text = raw.decode()
        except OSError as error:
            message = f"{named} cannot be read: {why(error)}."
            raise ArgumentError(message, fix=remedy(error, "Name a file, or - for standard input.")) from None
        except UnicodeDecodeError:
            raise ArgumentError(f"{named} is not UTF-8.", fix="Save it as UTF-8.") from None
        if len(raw) > LIMIT:
            raise ArgumentError(f"Standard input {FILE.breach}.", fix="Give less of it.")
        path = Path(real_path(self.folder / named))
        inside = named != STDIN and path.is_relative_to(real_path(self.root))
        return GivenSource(name=path.relative_to(real_path(self.root)).as_posix() if inside else named, text=text)

    @property
    def root(self) -> Path:
        """The folder of the project: the one that is named, else the nearest upwards that states options."""
        if self.project != ".":
            return self.folder / self.project
        from app.application.roots import has_options, upwards  # noqa: PLC0415 - the same

        folders = upwards(self.folder, self.home) if self.folder.is_absolute() else ()
        return next((folder for folder in folders if has_options(folder)), self.folder)

    @property
    def home(self) -> Path | None:
        """The user's home folder, where one is known: no project is looked for above it."""
        return Path(self.environ["HOME"]) if self.environ.get("HOME") else None

    @property
    def named_call(self) -> str:
        """The place of the call that is named, from the root of the file system; empty where none is."""
        there = is_file(self.folder / self.call.rpartition(":")[0])
        return str(self.folder / self.call) if self.call and there else self.call

    def warned(self, *asked: str | None) -> "Workspace":
        """The same, for answers that are no report: what could not be read is told beside them.

        Args:
            asked: the environments that the answer is about; one may stand in a file that cannot be read.
        """
        workspace = self.workspace([name for name in asked if name])
        for fault in (fault for fault in workspace.project.faults if fault.rule in _UNREAD and fault.severity is None):
            place = f"{fault.origin}: " if fault.origin.span else ""
            click.echo(pass_over(f"assay: {place}{fault.message} The answer is without it."), err=True)
        self._unjudged(workspace, [name.strip().lower() for name in asked if name])
        if unasked := workspace.model.fault:
            click.echo(pass_over(f"assay: {unasked.message} Only what is known to be open is shown."), err=True)
        return workspace

    def _unjudged(self, workspace: "Workspace", asked: Sequence[str]) -> None:
        """Tells which environments cannot be judged, and why: what is answered about them is not all that they have."""
        reasons: dict[str, list[str]] = {}
        for name in dict.fromkeys((*workspace.environments, *filter(workspace.project.may_exist, asked))):
            if reason := workspace.unjudged(name):
                reasons.setdefault(reason, []).append(name)
        for reason, names in reasons.items():
            click.echo(pass_over(f"assay: not judged: {', '.join(names)}: {reason}."), err=True)

    def emit(self, document: bytes) -> None:
        """A JSON document on standard output."""
        click.echo(document)

    def busy(self, what: str) -> "Busy":
        """Says on a terminal that this goes on, where it takes longer than a moment."""
        from app.cli.progress import Busy  # noqa: PLC0415 - a version is told without it

        return Busy(sys.stderr, self.width, what)

    @property
    def colour(self) -> bool | None:
        """Whether to colour: never under NO_COLOR, else as the terminal says."""
        return False if self.environ.get("NO_COLOR") else None

    @property
    def width(self) -> int:
        """The columns of the terminal; 80 where there is none."""
        return shutil.get_terminal_size().columns

    @property
    def room(self) -> int | None:
        """The columns to which values are cut; None where they are not: no terminal, or somebody asks for all."""
        return self.width if sys.stdout.isatty() and not self.wide else None

    def print(self, text: str) -> None:
        """Text on standard output."""
        click.echo(text, color=self.colour)


def require_project(workspace: "Workspace") -> None:
    """Lets a folder pass that is a project's.

    Raises:
        ProjectError: it is none.
    """
    if not workspace.project.is_there:
        message = "There is no project here: no options, no Dynaconf call in the code, no settings.toml."
        raise ProjectError(message, fix="Go to the project's folder, or name it with --project.")


def _is_rule(workspace: "Workspace", name: str) -> bool:
    """Whether a name among environments is a rule's."""
    return bool(RULE_ID.fullmatch(name)) and not workspace.project.is_known(name.lower())


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
        setattr(cast("CommandSession", ctx.obj), name, value)
        return value

    return callback


def project_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The project that a command is about, and the call that stands for its options."""
    function = click.option("--call", metavar="PATH:LINE", default="", expose_value=False, is_eager=True,
                            callback=_keep("call"), help="Which Dynaconf call counts.")(function)  # fmt: skip
    return click.option("--project", metavar="DIR", default=".", expose_value=False, is_eager=True,
                        callback=_keep("project"), help="Where the profiles are.")(function)  # fmt: skip


def wide_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Values whole, however narrow the terminal is."""
    return click.option("--wide", is_flag=True, expose_value=False, is_eager=True, callback=_keep("wide"),
                        help="Cut nothing, however narrow the terminal is.")(function)  # fmt: skip


def project_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that resolves environments."""
    return project_option(format_option(environ_option(function)))


def deployment_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """One more source of an environment's variables."""
    return click.option("--deployment", metavar="FILE", default=None, expose_value=False, is_eager=True,
                        callback=_keep("deployment"), help="One more source of variables; - is standard input.",
                        )(function)  # fmt: skip


def environ_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Whose variables count."""
    return click.option("--environ", type=click.Choice(["active", "all", "none"]), default="active",
                        expose_value=False, is_eager=True, callback=_keep("scope"),
                        help="Which environments get this process's variables.")(function)  # fmt: skip


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Text for people, JSON for programs."""
    return answers("text", "json")(function)


def answers(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The formats that a command answers in, the usual one first."""
    return click.option("--format", type=click.Choice(formats), default=formats[0], expose_value=False,
                        is_eager=True, callback=_keep("format"), help="How to answer.")  # fmt: skip


pass_session = click.make_pass_decorator(CommandSession)
