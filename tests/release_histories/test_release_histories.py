"""Releases while everything goes wrong: three replicas, a primary and its standby, clients and operators.

ASSAY_RELEASE_FAULT_SECONDS says for how long, ASSAY_RELEASE_FAULT_SEED which plan; the usual run has each fault once.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from release_histories.database_pair import Pair
from release_histories.history import breaches
from release_histories.trial import Trial

LOG = logging.getLogger(__name__)

SECONDS = float(os.environ.get("ASSAY_RELEASE_FAULT_SECONDS", "0"))
SEED = int(os.environ.get("ASSAY_RELEASE_FAULT_SEED", "20"))


@pytest.fixture
def home() -> Iterator[Path]:
    found = Path(tempfile.mkdtemp(prefix="assay-test-", dir="/var/tmp"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found)


async def test_nothing_is_lost_and_nobody_goes_back_whatever_goes_wrong(
    home: Path, postgres_programs: Path | None, caplog: pytest.LogCaptureFixture
) -> None:
    for loud in ("httpx", "httpcore"):
        caplog.set_level(logging.WARNING, loud)
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
    told = f"seed {SEED}: {dict(trial.struck)}, {trial.history.told()}"
    LOG.info(told)
    assert breaches(trial.history) == [], "\n".join([told, *trial.diary, trial.logs()])
    assert trial.history.acknowledged
