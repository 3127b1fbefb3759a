"""What was recorded, as people read it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec
import pytest

from app.cli.text.history.difference import difference
from app.cli.text.history.key import changes
from app.cli.text.history.listing import snapshots
from app.cli.text.history.snapshot import recorded
from app.reports import wire
from app.reports.history import (
    Gap,
    KeyChange,
    KeyHistory,
    LaterVerdict,
    Present,
    Recorded,
    RecordedProbe,
    RecordedValue,
    Snapshot,
    SnapshotDifference,
    Snapshots,
    Validation,
)
from app.reports.probe import ProbedTarget

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOST = "orders-5d7f6c9-x2k"
PLACE = wire.FileOrigin(file="settings/production.toml", line=4, column=1, section="production")


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the machine is two hours ahead, as in a summer in Berlin."""
    monkeypatch.setenv("TZ", "CEST-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def before(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def snapshot(number: int, **said: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "environment": "production",
        "fingerprint": "sha256:ab",
        "recorded_at": before(7 * number),
        "host": HOST,
        "assay": "0.3.0",
        "valid": True,
        "counts": wire.FindingCounts(),
        "active": True,
        "changed": 3,
    }
    return Snapshot(**{**fields, **said})


def side(value: Any, origin: wire.Origin | None = PLACE, **said: Any) -> wire.Side:
    return wire.Side(**{"value": value, "secret": False, "origin": origin, **said})


def told(found: str) -> list[str]:
    return [line.rstrip() for line in click.unstyle(found).splitlines()]


BROKEN = snapshot(2, valid=False, counts=wire.FindingCounts(error=2, warning=1), changed=1)
FIRST = snapshot(30, environment="staging", active=False, changed=None, counts=wire.FindingCounts(info=2), host="ci")


def test_each_snapshot_is_a_line_with_its_local_time_verdict_changes_and_id() -> None:
    document = Snapshots(snapshots=[snapshot(1), BROKEN, FIRST], next=None, gaps=[])
    lines = told(snapshots(document, 200, NOW, "orders"))
    assert lines == [
        f"2026-07-01 13:53:00 CEST  production, active  ✓ valid                         3 changed  00000001  {HOST}",
        f"2026-07-01 13:46:00 CEST  production, active  ✗ invalid  2 errors, 1 warning  1 changed  00000002  {HOST}",
        "2026-07-01 10:30:00 CEST  staging             ✓ valid    2 info               first      0000001e  ci",
        "",
        "The newest was read 7 minutes ago.",
    ]


def test_where_there_is_little_room_counts_are_letters_and_one_host_is_told_once() -> None:
    lines = told(snapshots(Snapshots(snapshots=[snapshot(1), BROKEN], next="41", gaps=[]), 80, NOW, "orders"))
    assert lines[1] == "2026-07-01 13:46:00 CEST  production, active  ✗ invalid  2E 1W  1 changed  00000002"
    assert lines[-2:] == [
        f"The newest was read 7 minutes ago, all of them on {HOST}.",
        "There are older ones: add --before 41",
    ]


def test_another_verdict_on_the_same_values_has_a_line_of_its_own() -> None:
    later = LaterVerdict(
        snapshot=BROKEN.id,
        environment="production",
        active=True,
        recorded_at=before(10),
        host=HOST,
        valid=True,
        counts=wire.FindingCounts(info=1),
    )
    lines = told(
        snapshots(Snapshots(snapshots=[snapshot(1), BROKEN], next=None, gaps=[], verdicts=[later]), 200, NOW, "orders")
    )
    assert [line.split("  ")[0][11:16] for line in lines[:3]] == ["13:53", "13:50", "13:46"]
    assert lines[1].split() == ["2026-07-01", "13:50:00", "CEST", "production,", "active", "✓", "valid", "1", "info",
                                "same", "values", "00000002"]  # fmt: skip


def test_a_gap_stands_between_what_was_recorded_before_its_end_and_after() -> None:
    gap = Gap(since=before(200), until=before(60), host=HOST, late=3, lost=2)
    lines = told(
        snapshots(Snapshots(snapshots=[snapshot(1), BROKEN, FIRST], next=None, gaps=[gap]), 200, NOW, "orders")
    )
    assert lines[2] == (
        f"⋯ 2026-07-01 10:40:00 to 13:00:00 CEST  nothing could be recorded on {HOST}: 3 came late, 2 are lost"
    )
    assert "staging" in lines[3]


def test_probes_stand_among_the_snapshots_with_what_came_of_them() -> None:
    target = ProbedTarget(host="db.example.com", port=5432, name="orders", username="app", tls="verify-full")
    failed = RecordedProbe(id="1", asked_at=before(10), asked_by="ci", environment="production", target=target,
                           ok=False, elapsed_ms=9.1, failed_stage="login", code="password-rejected")  # fmt: skip
    passed = msgspec.structs.replace(
        failed, asked_at=before(3), environment=None, ok=True, failed_stage=None, code=None
    )
    document = Snapshots(snapshots=[snapshot(1), BROKEN], next=None, gaps=[], probes=[passed, failed])
    lines = told(snapshots(document, 200, NOW, "orders"))
    assert lines[0] == "2026-07-01 13:57:00 CEST  probe  ✓ answers  app@db.example.com:5432/orders, asked by ci"
    assert "00000001" in lines[1]
    assert lines[2] == (
        "2026-07-01 13:50:00 CEST  probe of production  ✗ password-rejected at login"
        "  app@db.example.com:5432/orders, asked by ci"
    )
    assert "00000002" in lines[3]


def test_a_gap_is_told_where_nothing_else_was_recorded_and_names_both_its_days() -> None:
    gap = Gap(since=before(2000), until=before(60), host="a\x1b[31mb", late=0, lost=1)
    lines = told(snapshots(Snapshots(snapshots=[], next=None, gaps=[gap]), 80, NOW, "orders"))
    assert lines[0] == "Nothing was recorded of orders: a running service records, or `assay check --record`."
    assert lines[1].startswith("⋯ 2026-06-30 04:40:00 to 2026-07-01 13:00:00 CEST  ")
    assert lines[1].endswith("a\\x1b[31mb: 0 came late, 1 is lost")


def test_a_snapshot_shows_its_values_with_since_when_and_marks_what_it_changed() -> None:
    values = [
        RecordedValue(key="server.port", value=9000, secret=False, origin=PLACE, since=BROKEN.recorded_at),
        RecordedValue(key="password", value=None, secret=True, origin=None, since=before(4320)),
    ]
    document = Recorded(**msgspec.structs.asdict(BROKEN), values=values, findings=[], validations=[])
    lines = told(recorded(document, 80, NOW))
    assert lines[0] == f"00000002  production, active  2026-07-01 13:46:00 CEST, on {HOST}"
    assert "  recorded     14 minutes ago, by Assay 0.3.0" in lines
    assert "  changed      1 leaf, marked ~" in lines
    (port,) = [line.split() for line in lines if "server.port" in line]
    assert port == ["~", "2026-07-01", "13:46", "server.port", "9000", "settings/production.toml:4:1"]
    (password,) = [line.split() for line in lines if "password" in line]
    assert password == ["2026-06-28", "14:00", "password", "***", "not", "set"]
    assert lines[-1] == "✗ invalid: 2 errors, 1 warning"


def test_the_first_snapshot_marks_nothing_although_all_in_it_is_new() -> None:
    value = RecordedValue(key="port", value=1, secret=False, origin=None, since=FIRST.recorded_at)
    document = Recorded(**msgspec.structs.asdict(FIRST), values=[value], findings=[], validations=[])
    assert "~" not in recorded(document, 80, NOW)


def test_a_snapshot_shows_its_findings_and_every_verdict_on_it() -> None:
    told_of: dict[str, Any] = {"environment": "production", "key": "app.debug", "origin": PLACE, "message": "It is on."}
    finding = wire.ReportedFinding(
        rule="APP001", name="debug-on", severity="error", fix="Turn it off.", related=[], **told_of
    )
    verdicts = [
        Validation(recorded_at=before(14), valid=True, counts=wire.FindingCounts(), elapsed_ms=12.3, host=HOST),
        Validation(recorded_at=before(3), valid=False, counts=wire.FindingCounts(error=1), elapsed_ms=9.8, host="ci"),
    ]
    document = Recorded(**msgspec.structs.asdict(BROKEN), values=[], findings=[finding], validations=verdicts)
    lines = told(recorded(document, 80, NOW))
    assert "production had no values." in lines
    at = lines.index("error[APP001] debug-on in production")
    assert lines[at + 1 : at + 4] == [
        "  --> settings/production.toml:4:1 in [production]",
        "  = It is on.",
        "  = fix: Turn it off.",
    ]
    assert lines[-2:] == [
        f"    2026-07-01 13:46:00 CEST  valid  on {HOST}, in 12 ms",
        "    2026-07-01 13:57:00 CEST  invalid: 1 error  on ci, in 10 ms",
    ]


def compared(*changes: wire.LeafChange, right: Snapshot | None = None, active: bool = True) -> SnapshotDifference:
    now = None if right else Present(environment="production", active=active, fingerprint="sha256:cd")
    return SnapshotDifference(left=BROKEN.id, right=right.id if right else "now", changes=list(changes),
                              left_snapshot=BROKEN, right_snapshot=right, now=now)  # fmt: skip


def test_a_difference_tells_both_moments_then_what_differs_with_both_origins() -> None:
    change = wire.LeafChange(
        key="server.port", kind="changed", left=side(8000), right=side(9000, wire.VariableOrigin(name="X"))
    )
    lines = told(difference(compared(change, right=snapshot(1)), 80, NOW))
    assert lines == [
        f"00000002  production, active  2026-07-01 13:46:00 CEST, on {HOST} (14 minutes ago)",
        f"00000001  production, active  2026-07-01 13:53:00 CEST, on {HOST} (7 minutes ago)",
        "1 changed",
        "",
        "~ server.port",
        "    00000002  8000  settings/production.toml:4:1",
        "    00000001  9000  variable X",
    ]


def test_a_difference_until_now_says_so_and_warns_where_variables_count_on_one_side() -> None:
    lines = told(difference(compared(active=False), 200, NOW))
    assert lines == [
        f"00000002  production, active  2026-07-01 13:46:00 CEST, on {HOST} (14 minutes ago)",
        "now       production          2026-07-01 14:00:00 CEST, as it is here",
        "Variables count on the left alone: production was active there, and is not here.",
        "Nothing is known to differ.",
    ]


def test_secrets_that_nobody_can_compare_are_told_apart_from_what_differs() -> None:
    secret = wire.LeafChange(
        key="password", kind="changed", left=side(None, secret=True), right=side(None, secret=True), unknown=True
    )
    change = wire.LeafChange(key="port", kind="added", left=None, right=side(1))
    lines = told(difference(compared(secret, change), 80, NOW))
    assert lines[2:] == [
        "1 added",
        "",
        "+ port",
        "    now       1  settings/production.toml:4:1",
        "",
        "? Cannot be compared, for want of one digest key for both: password",
    ]


def changed(left: wire.Side | None, right: wire.Side | None, **said: Any) -> KeyChange:
    kind = "added" if left is None else "removed" if right is None else "changed"
    fields = {"snapshot": BROKEN.id, "recorded_at": before(14), "active": True, "key": "server.port", "kind": kind}
    return KeyChange(**{**fields, "left": left, "right": right, **said})


def test_a_keys_changes_tell_when_from_what_to_what_and_where() -> None:
    found = [
        changed(side(9000), None),
        changed(side(8000), side(9000, wire.VariableOrigin(name="X")), recorded_at=before(60)),
        changed(None, side(8000), recorded_at=before(2880)),
    ]
    document = KeyHistory(environment="production", key="server.port", changes=found, next="7")
    assert told(changes(document, 80, NOW)) == [
        "server.port in production, last changed 14 minutes ago",
        "",
        "- 2026-07-01 13:46:00 CEST  9000 → removed",
        "    settings/production.toml:4:1  (00000002)",
        "~ 2026-07-01 13:00:00 CEST  8000 → 9000",
        "    settings/production.toml:4:1 → variable X  (00000002)",
        "+ 2026-06-29 14:00:00 CEST  = 8000",
        "    settings/production.toml:4:1  (00000002)",
        "",
        "There are older ones: add --before 7",
    ]


def test_a_key_whose_changes_are_no_longer_kept_tells_since_when_it_stands() -> None:
    document = KeyHistory(environment="production", key="port", changes=[], next=None, since=before(60))
    assert told(changes(document, 80, NOW)) == [
        "port in production: no change is kept; it stands as it is since 2026-07-01 13:00:00 CEST."
    ]


def test_the_leaves_of_a_table_are_named_and_so_is_where_it_was_active() -> None:
    found = [changed(None, side(1), key="server.port"), changed(None, side(2), key="server.workers", active=False)]
    lines = told(changes(KeyHistory(environment="production", key="server", changes=found, next=None), 80, NOW))
    assert "+ 2026-07-01 13:46:00 CEST  server.workers  = 2" in lines
    assert "    settings/production.toml:4:1  (00000002, where it was active)" in lines
    assert "    settings/production.toml:4:1  (00000002)" in lines


def test_a_secrets_change_is_told_without_it_and_long_values_are_cut() -> None:
    found = [
        changed(side(None, secret=True), side(None, secret=True), key="password"),
        changed(side("x" * 500), side("y" * 500), key="password"),
    ]
    lines = told(changes(KeyHistory(environment="production", key="password", changes=found, next=None), 80, NOW))
    assert lines[2].endswith("*** → ***")
    assert len(lines[4]) <= 80


def test_of_a_secret_without_a_digest_key_nobody_says_when_it_last_changed() -> None:
    found = [changed(None, side(None, secret=True), key="password")]
    document = KeyHistory(environment="production", key="password", changes=found, next=None, known=False)
    lines = told(changes(document, 80, NOW))
    assert lines[0] == "password in production: whether it changed cannot be known."
    assert "recorded without a digest key" in lines[1]
    assert not any("last changed" in line for line in lines)
    assert lines[3].endswith("= ***")
