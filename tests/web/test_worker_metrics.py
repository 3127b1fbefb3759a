"""What several workers count together, while one of them is only just beginning."""

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from app.web.metrics import AllWorkers


def test_a_file_that_a_worker_has_only_just_made_says_nothing(tmp_path: Path) -> None:
    counted = MmapedDict(str(tmp_path / "counter_1.db"))  # type: ignore[no-untyped-call]  # it has no types
    counted.write_value(mmap_key("asked", "asked_total", [], [], "Asked."), 3.0, 0.0)  # type: ignore[no-untyped-call]
    counted.close()  # type: ignore[no-untyped-call]
    (tmp_path / "counter_2.db").touch()
    registry = CollectorRegistry()
    registry.register(AllWorkers(tmp_path))
    assert b"asked_total 3.0" in generate_latest(registry)
