"""What a rule is."""

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from app.core.findings import Deferred, Edit, Fault, Finding, Fix, Severity
from app.core.layers import Origin, Path, dotted
from app.core.tree import Leaf
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.survey import ProjectContext


def nothing(_: "Rule", _subject: EnvironmentContext) -> Iterator[Finding]:
    """The check of a rule that has nothing to say about a single environment."""
    return iter(())


def no_survey(_: "Rule", _survey: ProjectContext) -> Iterator[Finding]:
    """The survey of a rule that has nothing to say about the project as a whole."""
    return iter(())


def nothing_deferred(_: EnvironmentContext) -> Iterator[Deferred]:
    """What a rule defers that misses nothing."""
    return iter(())


type Check = Callable[["Rule", EnvironmentContext], Iterator[Finding]]
type SurveyCheck = Callable[["Rule", ProjectContext], Iterator[Finding]]
type Deferral = Callable[[EnvironmentContext], Iterator[Deferred]]


class Rule(Struct, frozen=True, kw_only=True):
    """One rule of the catalogue.

    Attributes:
        id: `DB002`; never reused.
        name: `default-password`.
        severity: how bad it is, where nothing says otherwise.
        applies_to: in production-like environments only, or always.
        summary: one line.
        source: who else says so.
        page: what it catches, why it matters, wrong and right TOML (Markdown).
        check: finds it in one environment.
        survey: finds it in the project as a whole; such a finding may name an environment or none.
        defer: names what is missing here because the environment's own deployment holds it, in place of a finding.
        superseded_by: rules whose finding about the same value makes this one superfluous.
    """

    id: str
    name: str
    severity: Severity
    applies_to: Literal["production", "always"]
    summary: str
    source: str
    page: str
    check: Check = nothing
    survey: SurveyCheck = no_survey
    defer: Deferral = nothing_deferred
    superseded_by: tuple[str, ...] = ()

    def judge(self, subject: EnvironmentContext) -> Iterator[Finding]:
        """The findings of this rule, where it applies."""
        return self.check(self, subject) if self._applies(subject) else iter(())

    def deferred(self, subject: EnvironmentContext) -> Iterator[Deferred]:
        """What this rule defers, where it applies."""
        return self.defer(subject) if self._applies(subject) else iter(())

    def _applies(self, subject: EnvironmentContext) -> bool:
        return self.applies_to == "always" or subject.production

    def finding_of(self, fault: Fault) -> Finding:
        """What a source found wrong with itself, as a finding that belongs to no single environment."""
        return Finding(rule=self.id, name=self.name, severity=fault.severity or self.severity, message=fault.message,
                       fix=fault.fix, origin=fault.origin, edit=fault.edit)  # fmt: skip

    def finding(
        self,
        subject: EnvironmentContext,
        path: Path,
        message: str,
        fix: Fix | str,
        *,
        leaf: Leaf | None = None,
        origin: Origin | None = None,
        severity: Severity | None = None,
        related: tuple[Origin, ...] = (),
    ) -> Finding:
        """A finding about a key of the subject's environment."""
        place, environment = leaf.origin if leaf else origin, subject.tree.environment
        return self.project_finding(
            message, fix, origin=place, key=path, environment=environment, severity=severity, related=related
        )

    def inheritable(
        self,
        subject: EnvironmentContext,
        leaf: Leaf,
        message: str,
        fix: Fix | str,
        *,
        severity: Severity | None = None,
        related: tuple[Origin, ...] = (),
    ) -> Finding:
        """A finding about a leaf, no more than a warning where an inactive environment merely inherits the value.

        The fix then names both ways out: set it in the environment, which `fix` says, or declare it deployed.
        """
        found = severity or self.severity
        if subject.is_inherited(leaf):
            found = min(found, Severity.WARNING)
            said = f'{_text(fix)} Or declare it deployed in assay.toml: deployed = ["{leaf.key}"].'
            fix = Fix(text=said, edit=_edit(fix))
        return self.finding(subject, leaf.path, message, fix, leaf=leaf, severity=found, related=related)

    def project_finding(
        self,
        message: str,
        fix: Fix | str,
        *,
        origin: Origin | None,
        key: Path | None = None,
        environment: str | None = None,
        severity: Severity | None = None,
        related: tuple[Origin, ...] = (),
    ) -> Finding:
        """A finding about a place, which need not belong to one environment."""
        return Finding(
            rule=self.id,
            name=self.name,
            severity=severity or self.severity,
            environment=environment,
            key=dotted(key) if key else None,
            message=message,
            fix=_text(fix),
            origin=origin,
            related=related,
            edit=_edit(fix),
        )


def _text(fix: Fix | str) -> str:
    return fix.text if isinstance(fix, Fix) else fix


def _edit(fix: Fix | str) -> Edit | None:
    return fix.edit if isinstance(fix, Fix) else None
