"""A probe's answer, checked for what every answer must keep."""

from typing import Any

import msgspec
from patience import PATIENCE_SECONDS

from app.core.outcomes import STAGES, FailureCode, StageName
from app.database.target import Target
from app.probing.stages import probe
from app.reports.probe import Probe

CANARY = "canary-s3cret"


async def probed(target: Target, *, deadline: float = 10.0, **how: Any) -> Probe:
    """The probe; it came to an end, it told of every stage in order, and kept the password to itself."""
    answer = await probe(target, deadline=deadline, **how)
    assert answer.elapsed_ms <= (deadline + PATIENCE_SECONDS) * 1000
    assert tuple(stage.name for stage in answer.stages) == STAGES
    assert answer.ok is (answer.failure is None)
    said = msgspec.json.encode(answer).decode()
    assert CANARY not in said
    assert not target.password or target.password not in said
    return answer


def failed(answer: Probe, stage: StageName, code: FailureCode, fields: tuple[str, ...], state: str | None) -> None:
    """The answer is this failure: the stages before it went well, those behind it were skipped."""
    assert answer.failure, [stage.message for stage in answer.stages]
    found = answer.failure
    assert (found.stage, found.code, found.fields, found.sqlstate) == (stage, code, fields, state), answer
    place = STAGES.index(stage)
    assert {one.status for one in answer.stages[:place]} <= {"ok", "warning", "skipped"}
    assert answer.stages[place].status == "failed"
    assert {one.status for one in answer.stages[place + 1 :]} <= {"skipped"}
    assert found.message
    assert found.advice
    assert "{" not in found.message + found.advice


def passed(answer: Probe) -> dict[str, str]:
    """The probe passed; each stage's status."""
    assert answer.failure is None, answer.failure
    return {stage.name: stage.status for stage in answer.stages}
