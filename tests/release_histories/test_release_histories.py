"""Releases while everything goes wrong: three replicas, a primary and its standby, clients and operators.

ASSAY_RELEASE_FAULT_SECONDS says for how long, ASSAY_RELEASE_FAULT_SEED which plan; the usual run has each fault once.
"""

import logging
import os
from pathlib import Path

import pytest
from release_histories.database_pair import Pair, servers_home
from release_histories.history import breaches, summary
from release_histories.trial import Trial

LOG = logging.getLogger(__name__)

SECONDS = float(os.environ.get("ASSAY_RELEASE_FAULT_SECONDS", "0"))
SEED = int(os.environ.get("ASSAY_RELEASE_FAULT_SEED", "20"))


async def test_nothing_is_lost_and_nobody_goes_back_whatever_goes_wrong(
    postgres_programs: Path | None, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    for loud in ("httpx", "httpcore"):
        caplog.set_level(logging.WARNING, loud)
    with servers_home() as home:
        pair = Pair(home, postgres_programs)
        trial = Trial(SEED, home, pair)
        try:
            await pair.start()
            await trial.begin()
            await trial.run(SECONDS)
            await trial.settle()
        finally:
            request.node.add_report_section("call", "diary", "\n".join([*trial.diary, trial.logs()]))
            try:
                await trial.end()
            finally:
                pair.stop()
    LOG.info("seed %s: %s, %s", SEED, dict(trial.struck), trial.history.told())
    if found := breaches(trial.history):
        pytest.fail(summary(SEED, found), pytrace=False)  # the diary comes after it
    assert trial.history.acknowledged
