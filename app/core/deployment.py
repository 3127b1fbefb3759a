"""What a deployment says about an environment: its variables, and what is told about their source."""

from msgspec import Struct

from app.core.findings import Fault
from app.core.layers import Origin


class DeployedVariable(Struct, frozen=True, kw_only=True):
    """One variable that a deployment gives to the process.

    Attributes:
        name: the variable's name.
        value: its text; None where the value is elsewhere and only its source is named.
        origin: where the manifest says so.
        secret: whether it stands where secrets are kept, so that nobody is shown what it says.
        manifest: whether its text stands in clear in a manifest, which is written to be committed.
        said: where the value is elsewhere, what stands in its place, with what is known of its references: it tells
            one from another, and nobody is shown it.
    """

    name: str
    value: str | None
    origin: Origin
    secret: bool = False
    manifest: bool = False
    said: str = ""


class Runner(Struct, frozen=True, kw_only=True):
    """One process that a deployment starts: a container, a service, a unit.

    Attributes:
        label: how people name it, `container api of Deployment orders`.
        origin: where it stands.
        variables: what it is given, in the platform's order; of one name the last counts.
        open: sources of which nobody here knows what they hold, `secret orders`.
        links: whether the platform adds variables for services.
        ports: the ports that it is said to listen on, by number, each with its place.
        probes: the ports that its probes ask, likewise.
        bare: whether it is no process but a list of variables.
        optional: whether it is started only where somebody asks for it: a service with a profile.
        task: whether it runs now and then, beside what goes on: a Job, a CronJob, a unit that is `oneshot`.
    """

    label: str
    origin: Origin
    variables: tuple[DeployedVariable, ...] = ()
    open: tuple[Origin, ...] = ()
    links: bool = False
    ports: tuple[tuple[int, Origin], ...] = ()
    probes: tuple[tuple[int, Origin], ...] = ()
    bare: bool = False
    optional: bool = False
    task: bool = False

    @property
    def effective(self) -> dict[str, DeployedVariable]:
        """The variables that count, by their names, in the order in which they were first said."""
        return {one.name: one for one in self.variables}


class Deployment(Struct, frozen=True, kw_only=True):
    """What is said for one environment.

    Attributes:
        variables: those that count, by their names.
        runners: the processes that get them.
        faults: what is wrong with it.
        open: sources of which nobody here knows what they hold.
        files: the files that were read, or looked for, relative to the root.
    """

    variables: dict[str, DeployedVariable] = {}
    runners: tuple[Runner, ...] = ()
    faults: tuple[Fault, ...] = ()
    open: tuple[Origin, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """The variables whose text is known."""
        return {name: one.value for name, one in self.variables.items() if one.value is not None}

    @property
    def places(self) -> dict[str, Origin]:
        """Where those stand."""
        return {name: one.origin for name, one in self.variables.items() if one.value is not None}

    @property
    def source_faults(self) -> tuple[Fault, ...]:
        """What is wrong with a source by itself, told as that of a profile is; the rest is about a variable."""
        return tuple(fault for fault in self.faults if fault.hides or not fault.rule.startswith("DEP"))

    @property
    def supplied(self) -> tuple[DeployedVariable, ...]:
        """The variables whose source is named, and whose text is elsewhere."""
        return tuple(one for one in self.variables.values() if one.value is None)
