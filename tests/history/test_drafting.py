"""What of a project is to be kept: its values without their secrets, and the verdict on them."""

from datetime import UTC, datetime
from typing import Any

from projects import MakeProject, ProjectFolder

from app.checking.check import validate
from app.history.snapshot_builder import JudgedReading, changes, drafts, present_leaves
from app.history.store.drafts import LeafDraft, SnapshotDraft
from app.reports import wire
from app.reports.digests import SET, same
from app.watching.cached_answers import prepare
from app.watching.project_snapshot import ProjectSnapshot
from app.watching.watcher import Live

AT = datetime(2026, 7, 1, tzinfo=UTC)
KEY = {"ASSAY_DIGEST_KEY": "digests-are-made-with-this"}
ORDERS = {
    "assay.toml": 'known_environments = ["staging", "production"]\nenv = "staging"\n',
    "settings.toml": '[default]\nport = 1\npassword = "canary-one"\nempty_password = ""\n'
    'broker = "amqp://u:canary-two@mq/x"\nsite = "https://a.example"\nhome = "@format {env[HOME_OF_ORDERS]}"\n'
    'made = "@jinja {{ 1 }}"\n',
}


def read(made: ProjectFolder, **environ: str) -> dict[str, SnapshotDraft]:
    workspace = made.workspace(environ)
    reading = JudgedReading(
        workspace=workspace, report=validate(workspace), at=AT, seconds=0.0125, compare_secrets=False
    )
    return {draft.environment: draft for draft in drafts(reading)}


def leaf(found: dict[str, SnapshotDraft], key: str, environment: str = "production") -> LeafDraft:
    return next(leaf for leaf in found[environment].leaves if leaf.key == key)


def picture(made: ProjectFolder) -> ProjectSnapshot:
    return Live(made.root, {}, lambda: datetime.now(UTC), prepare).picture


def test_a_draft_says_what_the_report_and_the_values_say(project: MakeProject) -> None:
    made = project(ORDERS)
    found, workspace = read(made)["production"], made.workspace()
    (one,) = [one for one in validate(workspace).environments if one.name == "production"]
    assert (found.project, found.active, found.at, found.elapsed_ms) == ("orders", False, AT, 12.5)
    assert found.fingerprint == one.fingerprint
    assert (found.counts, found.valid, list(found.findings)) == (one.counts, one.valid, one.findings)
    assert [leaf.key for leaf in found.leaves] == [leaf.key for leaf in workspace.tree("production").leaves]


def test_no_draft_holds_a_secret(project: MakeProject) -> None:
    for environ in ({}, KEY):
        assert "canary" not in repr(read(project(ORDERS), **environ))


def test_a_secret_has_no_value_and_with_a_key_a_digest(project: MakeProject) -> None:
    without, with_key = read(project(ORDERS)), read(project(ORDERS), **KEY)
    assert (leaf(without, "password").secret, leaf(without, "password").value) == (True, None)
    assert leaf(without, "password").digest == SET
    assert len(leaf(with_key, "password").digest or b"") == 20
    assert leaf(with_key, "empty_password").digest is leaf(with_key, "site").digest is None


def test_a_password_inside_a_url_has_a_digest_beside_what_is_shown(project: MakeProject) -> None:
    before, after = (
        leaf(read(project({**ORDERS, "settings.toml": text}), **KEY), "broker")
        for text in (ORDERS["settings.toml"], ORDERS["settings.toml"].replace("canary-two", "canary-three"))
    )
    assert (before.secret, before.value) == (False, after.value)
    assert same(before.digest, after.digest) is False


def test_one_secret_of_two_environments_is_told_apart_unless_asked(project: MakeProject) -> None:
    workspace = project(ORDERS).workspace(KEY)
    for compare, told in ((False, None), (True, True)):
        digests = [
            next(
                leaf.digest
                for leaf in present_leaves(workspace, name, compare_secrets=compare)
                if leaf.key == "password"
            )
            for name in ("staging", "production")
        ]
        assert same(*digests) is told


def test_what_cannot_be_known_has_its_state(project: MakeProject) -> None:
    found = read(project(ORDERS))
    assert (leaf(found, "made").state, leaf(found, "home").state, leaf(found, "port").state) == (
        "opaque",
        "unresolved",
        "plain",
    )


def test_variables_make_an_environment_active(project: MakeProject) -> None:
    made = project(ORDERS)
    assert {name: draft.active for name, draft in read(made).items()} == {"staging": True, "production": False}
    everywhere = made.workspace({"DYNACONF_PORT": "7"}, "all")
    reading = JudgedReading(workspace=everywhere, report=validate(everywhere), at=AT, seconds=0, compare_secrets=False)
    assert [draft.active for draft in drafts(reading)] == [True, True]


def test_what_says_the_same_as_before_is_left_out(project: MakeProject) -> None:
    known = read(project(ORDERS))
    workspace = project({"settings.toml": ORDERS["settings.toml"] + "[production]\nport = 2\n"}).workspace()
    reading = JudgedReading(workspace=workspace, report=validate(workspace), at=AT, seconds=0, compare_secrets=False)
    found = [draft for draft in drafts(reading, known) if draft.fingerprint != known[draft.environment].fingerprint]
    assert [draft.environment for draft in found] == ["production"]
    assert (
        drafts(
            JudgedReading(workspace=workspace, report=validate(workspace), at=AT, seconds=0, compare_secrets=False),
            {draft.environment: draft for draft in drafts(reading)},
        )
        == []
    )


def test_leaves_that_have_not_changed_are_kept_in_memory_once(project: MakeProject) -> None:
    known = read(project(ORDERS))
    workspace = project({"settings.toml": ORDERS["settings.toml"] + "[production]\nport = 2\n"}).workspace()
    reading = JudgedReading(workspace=workspace, report=validate(workspace), at=AT, seconds=0, compare_secrets=False)
    (found,) = [draft for draft in drafts(reading, known) if draft.environment == "production"]
    before = {id(leaf) for leaf in known["production"].leaves}
    assert [leaf.key for leaf in found.leaves if id(leaf) not in before] == ["port"]


def test_a_reading_that_cannot_be_judged_is_a_verdict_on_the_last_one(project: MakeProject) -> None:
    made = project(ORDERS)
    known = {draft.environment: draft for draft in changes(picture(made), {}, compare_secrets=False)}
    waiver = '[[waivers]]\nrule = "XYZ999"\nreason = "none"\nexpires = 2030-01-01\n'
    found: list[Any] = changes(picture(made.write({"assay.toml": ORDERS["assay.toml"] + waiver})), known,
                               compare_secrets=False)  # fmt: skip
    assert {draft.environment: draft.valid for draft in found} == {"staging": False, "production": False}
    for draft in found:
        assert (draft.fingerprint, draft.leaves) == (
            known[draft.environment].fingerprint,
            known[draft.environment].leaves,
        )
        assert draft.counts == wire.FindingCounts(error=1)
    told = {draft.environment: draft for draft in found}
    assert changes(picture(made), told, compare_secrets=False) == []
