"""Releases while everything goes wrong: three replicas, a primary and its standby, clients and operators.

ASSAY_RELEASE_FAULT_SECONDS says for how long, ASSAY_RELEASE_FAULT_SEED which plan; the usual run has each fault once.
"""

import logging
import os
from pathlib import Path

import pytest
from release_histories.database_pair import Pair, servers_home
from release_histories.history import breaches
from release_histories.trial import Trial

LOG = logging.getLogger(__name__)

SECONDS = float(os.environ.get("ASSAY_RELEASE_FAULT_SECONDS", "0"))
SEED = int(os.environ.get("ASSAY_RELEASE_FAULT_SEED", "20"))


async def test_nothing_is_lost_and_nobody_goes_back_whatever_goes_wrong(
    postgres_programs: Path | None, caplog: pytest.LogCaptureFixture
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
            await trial.end()
            pair.stop()
            logs = trial.logs()
    told = f"seed {SEED}: {dict(trial.struck)}, {trial.history.told()}"
    LOG.info(told)
    assert breaches(trial.history) == [], "\n".join([told, *trial.diary, logs])
    assert trial.history.acknowledged
