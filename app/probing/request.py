"""Does a database really answer: an environment's own, or one that somebody types in?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import TargetError, did_you_mean
from app.database.fields import FIELDS, target_from_fields
from app.database.target import Target
from app.history.store.revisions import VERSION_TABLE, revision_ids
from app.probing.stages import FOREIGN, LookUp, Permit, Schema, probe, system_look_up
from app.project.database_target import environment_demand, environment_target
from app.project.workspace import Workspace
from app.reports.probe import Probe, Stage
from app.rules.kit.driver_advice import refusals

DEADLINE_SECONDS = 10.0

_LONGEST_MS = 600_000
_OWN = {"environment", "timeout_ms"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to probe.

    Attributes:
        target: the database.
        environment: whose it is; None for one that was typed in.
        seconds: how long the whole probe may take.
        demand: how many connections the environment's workers may ask for; None where nothing says it.
        own: whether the tables are to be Assay's; those of another project are its own business.
    """

    target: Target
    environment: str | None
    seconds: float = DEADLINE_SECONDS
    demand: int | None = None
    own: bool = True

    @property
    def shown(self) -> str:
        """The target on one line, without its password, as logs have it."""
        shown = self.target.shown()
        whose = f" of {self.environment}" if self.environment else ""
        text = f"{shown.username or ''}@{shown.place}/{shown.name or ''}{whose}"
        return text.encode("unicode_escape").decode()


async def ask(
    question: Question,
    told: Callable[[Stage], object] | None = None,
    permit: Permit | None = None,
    look_up: LookUp = system_look_up,
) -> Probe:
    """The probe; what cannot be had is a failed stage.

    Args:
        question: what to probe.
        told: called with each stage as it ends; a stage that comes twice was tried again, at another host.
        permit: whether a host of the target and one of its addresses may be connected to; asked before anything
            is sent to any of them. An environment's own target needs no permission.
        look_up: how names become addresses.
    """
    return await probe(
        question.target,
        deadline=question.seconds,
        permit=permit,
        schema=Schema(table=VERSION_TABLE, revisions=revision_ids()) if question.own else FOREIGN,
        demand=question.demand,
        told=told,
        look_up=look_up,
    )


def question(
    workspace: Workspace, fields: Mapping[str, Any], *, seconds: float, embedded: Target | None = None
) -> Question:
    """What these fields ask for: nothing or `environment` for an environment's own database, else a target's fields.

    Args:
        workspace: the project whose environments may be meant.
        fields: a request's body.
        seconds: the longest that a probe may take; `timeout_ms` can only shorten it.
        embedded: the embedded server of the project's folder, where it runs.

    Raises:
        TargetError: with everything that is wrong, field by field.
        UnknownEnvironment: there is none of that name.
    """
    if fields.keys() - _OWN:
        return replace(_typed_in(fields, seconds), own=workspace.model.is_service)
    if errors := _own_errors(fields):
        raise _refused(errors)
    environment = workspace.environment(fields.get("environment"))
    return Question(
        target=environment_target(workspace, environment, embedded),
        environment=environment,
        seconds=_seconds(fields, seconds),
        demand=environment_demand(workspace, environment),
        own=workspace.model.is_service,
    )


def _own_errors(fields: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not isinstance(fields.get("environment", ""), str | None):
        errors["environment"] = "is text"
    given = fields.get("timeout_ms")
    if given is not None and (type(given) is not int or not 1 <= given <= _LONGEST_MS):
        errors["timeout_ms"] = f"must be a number from 1 to {_LONGEST_MS}"
    return errors


def _typed_in(fields: Mapping[str, Any], seconds: float) -> Question:
    """The target that stands there; a misspelled `environment` is told from a misspelled field."""
    known = (*FIELDS, "environment")
    errors = {key: f"is no field here. {did_you_mean(key, known)}" for key in fields if key not in known}
    if "environment" in fields:
        errors["environment"] = "cannot stand beside the fields of a target"
    try:
        target = target_from_fields({key: value for key, value in fields.items() if key in FIELDS})
    except TargetError as error:
        if not errors:
            raise  # it says what an environment's target of the same words gets
        raise _refused(_reasons(error, errors)) from None
    if errors:
        raise _refused(errors)
    target = replace(target, remarks=refusals(None, fields["url"]) if "url" in fields else ())
    return Question(target=target, environment=None, seconds=_seconds(fields, seconds))


def _reasons(error: TargetError, errors: dict[str, str]) -> dict[str, str]:
    """All reasons; that a host is missing says nothing where its name may be among the misspelled ones."""
    found = {key: what for key, what in error.errors.items() if key != "host"}
    return {**found, **errors}


def _refused(errors: Mapping[str, str]) -> TargetError:
    listed = "; ".join(f"{key} {what}" for key, what in errors.items())
    return TargetError(f"This is no database target: {listed}", fix="Correct these fields.", errors=errors)


def _seconds(fields: Mapping[str, Any], longest: float) -> float:
    given = fields.get("timeout_ms")
    return longest if given is None else min(longest, given / 1000)
