"""Repositories of every kind: what a plan reads, and what it never runs or writes."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from histories import SECRET_POD, Files, commit, git, history, started, write
from projects import NOW

from app.checking.check import validate
from app.core.errors import RepositoryError
from app.planning.git.repository import find_repository
from app.planning.git.revisions import named_revisions
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.project.workspace import open_workspace
from app.reports.plan import ChangePlan
from app.reports.wire import DeploymentOrigin

ENVIRON = {"PATH": os.environ["PATH"]}
BASE = {"settings.toml": "[default]\nport = 1\n[production]\nworkers = 2\n"}


def planned(root: Path, revisions: str | None = None, **fields: Any) -> ChangePlan:
    return plan(PlanRequest(root=root, environ=ENVIRON, clock=lambda: NOW, revisions=revisions, blame=False, **fields))


def changes(found: ChangePlan, environment: str = "production") -> dict[str, tuple[Any, Any]]:
    one = next(one for one in found.environments if one.name == environment)
    return {
        change.key: (change.left and change.left.value, change.right and change.right.value) for change in one.changes
    }


def edited(root: Path, before: Files, after: Files, **fields: Any) -> ChangePlan:
    history(root, before, after)
    return planned(root, "HEAD~1..HEAD", **fields)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "orders"


def test_a_file_that_is_renamed_changes_nothing(root: Path) -> None:
    files = {"settings/production.toml": "[production]\nport = 5432\n"}
    found = edited(root, files, {"settings/production.toml": None, "settings/prod.toml": "[production]\nport = 5432\n"})
    assert (changes(found), found.without_effect) == ({}, [])


def test_a_file_that_is_deleted_takes_its_values(root: Path) -> None:
    found = edited(root, {**BASE, "settings/more.toml": "[production]\na = 1\n"}, {"settings/more.toml": None})
    assert changes(found) == {"a": (1, None)}


def test_a_glob_gains_a_file(root: Path) -> None:
    found = edited(root, BASE, {"settings/more.toml": "[production]\nport = 9\n"})
    assert changes(found) == {"port": (1, 9)}


def test_environments_appear_and_vanish(root: Path) -> None:
    found = edited(root, {**BASE, "settings/qa.toml": "[qa]\na = 1\n"},
                   {"settings/qa.toml": None, "settings/edge.toml": "[edge]\nb = 1\n"})  # fmt: skip
    assert {one.name: one.status for one in found.environments} == {
        "production": "unchanged", "edge": "added", "development": "unchanged", "qa": "removed"}  # fmt: skip
    assert changes(found, "qa") == {"port": (1, None), "a": (1, None)}


def test_options_alone_change_what_an_environment_has(root: Path) -> None:
    files = {"assay.toml": "", "settings.toml": "[default.db]\nhost = 'a'\n[production.db]\nport = 1\n"}
    found = edited(root, files, {"assay.toml": "merge_enabled = true\n"})
    assert changes(found) == {"db.host": (None, "a")}


def test_a_project_that_is_new_has_every_environment_added(root: Path) -> None:
    found = edited(root, {"README.md": "Orders"}, BASE)
    assert {one.status for one in found.environments} == {"added"}


def test_a_line_that_another_layer_shadows_has_no_effect(root: Path) -> None:
    before = {**BASE, "settings.local.toml": "[production]\nworkers = 8\n"}
    found = edited(root, before, {"settings.toml": "[default]\nport = 1\n[production]\nworkers = 4\n"})
    assert [(one.file, one.line, one.key, one.kind) for one in found.without_effect] == [
        ("settings.toml", 4, "workers", "changed")
    ]
    shadow = found.without_effect[0].shadowed_by
    assert shadow is not None
    assert (shadow.file, shadow.line) == ("settings.local.toml", 2)  # type: ignore[union-attr]


def test_edits_without_effect_come_in_the_order_of_their_lines(root: Path) -> None:
    keys = [f"key{number}" for number in (5, 3, 8, 1, 7, 2, 6, 4)]
    sections = ["".join(f"{key} = {value}\n" for key in keys) for value in (1, 2)]
    before = dict.fromkeys(("settings.toml", "settings.local.toml"), f"[production]\n{sections[0]}")
    found = edited(root, before, {"settings.toml": f"[production]\n{sections[1]}"})
    assert [(one.key, one.line) for one in found.without_effect] == list(zip(keys, range(2, 10), strict=True))


def test_what_has_an_effect_elsewhere_has_one(root: Path) -> None:
    found = edited(root, BASE, {"settings.toml": "[default]\nport = 1\nworkers = 3\n[production]\nworkers = 2\n"})
    assert {one.name: list(changes(found, one.name)) for one in found.environments} == {
        "development": ["workers"], "production": []}  # fmt: skip
    narrowed = planned(root, "HEAD~1..HEAD", only=("production",))
    assert ([one.name for one in narrowed.environments], narrowed.without_effect) == (["production"], [])


def test_what_git_does_not_track_is_told_and_read_on_neither_side(root: Path) -> None:
    history(root, {**BASE, ".gitignore": ".secrets.toml\n"})
    write(root, {".secrets.toml": "[production]\ntoken = 'canary-untracked'\n", "settings/new.toml": "[new]\na = 1\n"})
    found = planned(root)
    assert (set(found.untracked), changes(found)) == ({".secrets.toml", "settings/new.toml"}, {})
    taken = planned(root, with_untracked=True)
    assert (taken.untracked, changes(taken)) == ([], {})
    assert {one.name: one.status for one in taken.environments}["new"] == "added"


def test_what_a_tracked_link_to_a_folder_leads_to_is_tracked(root: Path) -> None:
    started(root)
    write(root, {**BASE, "assay.toml": 'settings_files = ["current/settings.toml"]\n'})
    (root / "prod").mkdir()
    (root / "settings.toml").rename(root / "prod/settings.toml")
    (root / "current").symlink_to("prod")
    commit(root, {})
    write(root, {"prod/settings.toml": "[default]\nport = 1\n[production]\nworkers = 9\n"})
    found = planned(root)
    assert (found.untracked, changes(found)) == ([], {"workers": (2, 9)})


def test_a_tracked_link_to_what_git_does_not_track_is_told(root: Path) -> None:
    started(root)
    write(root, {**BASE, ".gitignore": "private/\n", "private/own.toml": "[production]\na = 1\n"})
    (root / "settings").mkdir()
    (root / "settings/own.toml").symlink_to("../private/own.toml")
    commit(root, {})
    found = planned(root)
    assert (found.untracked, changes(found)) == (["settings/own.toml"], {})
    assert changes(planned(root, with_untracked=True)) == {"a": (None, 1)}


def test_what_an_untracked_link_leads_to_outside_is_not_read_as_it_is_not_by_a_check(
    root: Path, tmp_path: Path
) -> None:
    history(root, {**BASE, ".gitignore": ".secrets.toml\n"})
    (tmp_path / "elsewhere.toml").write_text("[production]\nworkers = 77\n")
    (root / ".secrets.toml").symlink_to("../elsewhere.toml")
    found = planned(root, with_untracked=True)
    assert changes(found) == {}
    assert "SRC026" in {one.rule for one in validate(open_workspace(root, ENVIRON)).findings}
    assert {one.judged for one in found.environments} == {False}


def test_deployments_that_git_does_not_track_are_told(root: Path) -> None:
    options = '[deployments]\nproduction = [".env.production", "unit.env"]\n'
    history(root, {**BASE, "assay.toml": options, ".gitignore": "*.env\n.env.*\n"})
    write(root, {".env.production": "DYNACONF_PORT=7\n", "unit.env": "DYNACONF_WORKERS=8\n"})
    found = planned(root)
    assert (set(found.untracked), changes(found)) == ({".env.production", "unit.env"}, {})
    assert changes(planned(root, with_untracked=True)).keys() == {"workers"}


COMPOSE = """\
services:
  orders:
    extends: {file: more/base.yaml, service: base}
    env_file: [orders.env, {path: absent.env, required: false}]
    environment: {DYNACONF_PORT: "${PORT}"}
"""
UNIT = "[Service]\nExecStart=/bin/orders\nEnvironmentFile=/etc/orders/unit.env\n"


@pytest.mark.parametrize(
    ("source", "text", "named"),
    [
        ("deploy/compose.yaml", COMPOSE, ["deploy/.env", "deploy/more/base.yaml", "deploy/orders.env"]),
        ("orders.service", UNIT, ["orders.service.d/own.conf"]),
    ],
)
def test_what_a_deployment_names_and_git_does_not_track_is_told(
    root: Path, source: str, text: str, named: list[str]
) -> None:
    options = f'[deployments]\nproduction = ["{source}", "etc/*.env"]\n'
    history(root, {**BASE, "assay.toml": options, source: text, "etc/more.env": "DYNACONF_A=1\n"})
    files = {
        "deploy/.env": "PORT=7\n",
        "deploy/more/base.yaml": "services:\n  base:\n    env_file: ../../deploy/orders.env\n",
        "deploy/orders.env": "DYNACONF_WORKERS=8\n",
        "orders.service.d/own.conf": "[Service]\nEnvironment=DYNACONF_WORKERS=8\n",
    }
    write(root, {name: files[name] for name in named})
    found = planned(root)
    assert (sorted(found.untracked), changes(found)) == (named, {})
    assert changes(planned(root, with_untracked=True)).keys() == {"workers"}


def test_a_file_too_broken_to_read_on_one_side_only(root: Path) -> None:
    found = edited(root, BASE, {"settings.toml": "[default]\nport = \n"})
    assert [one.rule for one in found.findings.new] == ["SRC002"]
    assert {one.name: (one.status, one.judged) for one in found.environments} == {
        "development": ("changed", False), "production": ("changed", False)}  # fmt: skip
    back = planned(root, "HEAD..HEAD~1")
    assert [one.rule for one in back.findings.fixed] == ["SRC002"]
    assert [one.reason for one in back.environments][:1] == ["before the change, settings.toml:2 does not parse"]


def test_links_are_followed_within_the_revision_and_nowhere_else(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("[production]\nstolen = 1\n")
    started(root)
    write(root, {"settings.toml": "[default]\na = 1\n", "shared.toml": "[production]\nport = 1\n"})
    (root / "settings").mkdir()
    (root / "settings/shared.toml").symlink_to("../shared.toml")
    (root / "settings/absolute.toml").symlink_to(root / "shared.toml")
    (root / "settings/out.toml").symlink_to(tmp_path / "elsewhere.toml")
    commit(root, {})
    commit(root, {"shared.toml": "[production]\nport = 2\n"})
    found = planned(root, "HEAD~1..HEAD")
    assert changes(found) == {"port": (1, 2)}
    assert changes(planned(root, "HEAD~1")) == {"port": (1, 2)}


def test_a_tree_made_by_hand_writes_nowhere_else(root: Path, tmp_path: Path) -> None:
    history(root, BASE)
    blob = git(root, "hash-object", "-w", "--stdin", given=b"[production]\nevil = 1\n")
    link = git(root, "hash-object", "-w", "--stdin", given=str(tmp_path / "out").encode())
    inner = git(root, "mktree", given=f"100644 blob {blob}\tevil.toml\n".encode())
    listing = f"120000 blob {link}\tsettings\n040000 tree {inner}\tsettings\n".encode()
    tree = git(root, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=_raw(listing))
    made = git(root, "commit-tree", tree, "-m", "by hand")
    (tmp_path / "out").mkdir()
    planned(root, f"HEAD..{made}")
    assert list((tmp_path / "out").iterdir()) == []


def _raw(listing: bytes) -> bytes:
    """Git's own form of a tree's entries."""
    raw = b""
    for line in listing.splitlines():
        head, name = line.split(b"\t")
        mode, _, name_of = head.split(b" ")
        raw += mode.lstrip(b"0") + b" " + name + b"\0" + bytes.fromhex(name_of.decode())
    return raw


def test_another_source_of_a_secret_is_told_and_a_manifest_that_moves_is_none(root: Path) -> None:
    options = 'known_environments = ["production"]\ndeployments = { production = "%s" }\n'
    history(root, {**BASE, "assay.toml": options % "pod.yaml", "pod.yaml": SECRET_POD})
    commit(root, {"pod.yaml": SECRET_POD.replace("orders-one", "orders-two")})
    commit(root, {"pod.yaml": None, "k8s.yaml": SECRET_POD.replace("orders-one", "orders-two"),
                  "assay.toml": options % "k8s.yaml"})  # fmt: skip
    other, moved = planned(root, "HEAD~2..HEAD~1"), planned(root, "HEAD~1..HEAD")
    deferred = next(one.deferred for one in other.environments if one.name == "production")
    origins = [leaf.supplied for leaf in (*deferred.gone, *deferred.new)]
    sources = [origin.via for origin in origins if isinstance(origin, DeploymentOrigin)]
    assert sources == ["secret orders-one, key token", "secret orders-two, key token"]
    assert {one.status for one in moved.environments} == {"unchanged"}


SOURCES = {
    "the key of a Secret": ("{ secretKeyRef: { name: away, key: old } }", "{ secretKeyRef: { name: away, key: new } }"),
    "the key that a tool fills in": (
        "{ secretKeyRef: { name: filled, key: old } }", "{ secretKeyRef: { name: filled, key: new } }"),
    "the key of a ConfigMap that a tool fills in": (
        "{ configMapKeyRef: { name: filled, key: old } }", "{ configMapKeyRef: { name: filled, key: new } }"),
    "a field": ("{ fieldRef: { fieldPath: status.podIP } }", "{ fieldRef: { fieldPath: status.hostIP } }"),
    "a resource": ("{ resourceFieldRef: { resource: limits.cpu } }",
                   "{ resourceFieldRef: { resource: limits.memory } }"),
}  # fmt: skip
FILLED = "".join(
    f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{ name: filled }}\n{part}: {{ old: '<path:a>', new: '<path:a>' }}\n"
    for kind, part in (("Secret", "stringData"), ("ConfigMap", "data"))
)


@pytest.mark.parametrize("source", SOURCES)
def test_another_key_of_one_source_is_told(root: Path, source: str) -> None:
    named = "{ secretKeyRef: { name: orders-one, key: token } }"
    older, newer = (SECRET_POD.replace(named, said) + FILLED for said in SOURCES[source])
    options = 'known_environments = ["production"]\ndeployments = { production = "pod.yaml" }\n'
    found = edited(root, {**BASE, "assay.toml": options, "pod.yaml": older}, {"pod.yaml": newer})
    deferred = next(one.deferred for one in found.environments if one.name == "production")
    assert [leaf.key for leaf in deferred.gone] == [leaf.key for leaf in deferred.new] == ["token"]
    assert next(one.status for one in found.environments if one.name == "production") == "changed"


def test_submodules_are_folders_without_anything(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    inner = history(other, {"settings.toml": "[production]\na = 1\n"})[-1]
    history(root, {**BASE, "assay.toml": 'settings_files = ["settings.toml", "sub/*.toml"]\n'})
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{inner},sub")
    git(root, "commit", "--quiet", "--message", "a submodule")
    assert changes(planned(root, "HEAD~1..HEAD")) == {}


def test_a_bare_clone_a_worktree_and_a_detached_head(root: Path, tmp_path: Path) -> None:
    history(root, BASE, {"settings.toml": "[default]\nport = 2\n[production]\nworkers = 2\n"})
    git(tmp_path, "clone", "--quiet", "--bare", str(root), "bare.git")
    assert changes(planned(tmp_path / "bare.git", "HEAD~1")) == {"port": (1, 2)}
    git(root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "HEAD~1")
    write(tmp_path / "tree", {"settings.toml": "[default]\nport = 3\n[production]\nworkers = 2\n"})
    assert changes(planned(tmp_path / "tree")) == {"port": (1, 3)}


def test_a_project_in_a_folder_of_the_clone(root: Path) -> None:
    files = {"services/a..b/settings.toml": BASE["settings.toml"], "services/-- x/settings.toml": "[default]\na = 1\n"}
    history(root, files, {"services/a..b/settings.toml": "[default]\nport = 2\n[production]\nworkers = 2\n"})
    assert changes(planned(root / "services/a..b", "HEAD~1")) == {"port": (1, 2)}
    assert changes(planned(root / "services/-- x", "HEAD~1"), "development") == {}


def test_a_folder_that_one_side_lacks_has_no_project_there_though_one_is_around_it(root: Path) -> None:
    call = 'from dynaconf import Dynaconf\n\nsettings = Dynaconf(settings_files=["settings.toml"], environments=True)\n'
    own = {"services/a/app.py": call, "services/a/settings.toml": "[production]\nport = 9\n"}
    notes = {"services/a/README.md": "Orders"}
    history(root, {**BASE, "app.py": call}, {**own, **notes}, dict.fromkeys(own), dict.fromkeys(notes))
    folder = root / "services/a"
    folder.mkdir(parents=True)
    added, removed, noted = (planned(folder, asked) for asked in ("HEAD~3..HEAD~2", "HEAD~2..HEAD", "HEAD~2..HEAD~1"))
    assert {one.name: one.status for one in added.environments} == {"production": "added", "development": "added"}
    assert (changes(added), changes(removed)) == ({"port": (None, 9)}, {"port": (9, None)})
    assert changes(noted) == {"port": (9, 1), "workers": (None, 2)}, "in a folder of notes it is the application around"


def test_line_ends_change_nothing(root: Path) -> None:
    found = edited(root, BASE, {"settings.toml": BASE["settings.toml"].replace("\n", "\r\n").encode()})
    assert all(one.status == "unchanged" for one in found.environments)


def test_a_merge_commit_has_what_both_parents_brought(root: Path) -> None:
    history(root, BASE)
    git(root, "checkout", "--quiet", "-b", "side")
    commit(root, {"settings/a.toml": "[production]\na = 1\n"})
    git(root, "checkout", "--quiet", "main")
    commit(root, {"settings/b.toml": "[production]\nb = 1\n"})
    git(root, "merge", "--quiet", "--no-edit", "side")
    assert changes(planned(root, "HEAD^1..HEAD")) == {"a": (None, 1)}
    assert changes(planned(root, "HEAD^2..HEAD")) == {"b": (None, 1)}


def test_a_sparse_work_tree_lacks_nothing(root: Path) -> None:
    history(root, {**BASE, "settings/a.toml": "[production]\na = 1\n"})
    git(root, "update-index", "--skip-worktree", "settings/a.toml")
    (root / "settings/a.toml").unlink()
    assert changes(planned(root)) == {}


HOSTILE = """\
[core]
	fsmonitor = {trap}
	hooksPath = {hooks}
	pager = {trap}
	sshCommand = {trap}
	askPass = {trap}
[alias]
	cat-file = !{trap}
	ls-files = !{trap}
	rev-parse = !{trap}
	blame = !{trap}
[filter "trap"]
	clean = {trap}
	smudge = {trap}
	process = {trap}
	required = true
[diff "trap"]
	textconv = {trap}
	command = {trap}
[gpg]
	program = {trap}
[log]
	showSignature = true
[protocol "ext"]
	allow = always
[remote "origin"]
	url = ext::{trap}
	promisor = true
	partialclonefilter = blob:none
[diff]
	external = {trap}
[credential]
	helper = !{trap}
[uploadpack]
	packObjectsHook = {trap}
[submodule "more"]
	update = !{trap}
"""
ELSEWHERE = """\
[core]
	fsmonitor = {trap}
	alternateRefsCommand = {trap}
	editor = {trap}
	gitProxy = {trap}
[trailer "more"]
	command = {trap}
	cmd = {trap}
[tar "more"]
	command = {trap}
"""
"""What is included, and what a work tree has of its own, counts as well."""


def test_nothing_of_a_hostile_repository_runs(root: Path, tmp_path: Path) -> None:
    history(root, {**BASE, ".gitattributes": "* filter=trap diff=trap\n"})
    commit(root, {"settings.toml": "[default]\nport = 2\n[production]\nworkers = 2\n"})
    sprung, trap, hooks = tmp_path / "sprung", tmp_path / "trap", tmp_path / "hooks"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (hooks / hook).write_text(trap.read_text())
        (hooks / hook).chmod(0o755)
    trap.chmod(0o755)
    with (root / ".git/config").open("a") as config:
        config.write(HOSTILE.format(trap=trap, hooks=hooks))
        config.write("[include]\n\tpath = more\n[extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n")
    for name in ("more", "config.worktree"):
        (root / ".git" / name).write_text(ELSEWHERE.format(trap=trap))
    write(root, {"settings.toml": "[default]\nport = 3\n[production]\nworkers = 2\n"})
    asked = PlanRequest(root=root, environ=ENVIRON, clock=lambda: NOW, revisions="HEAD~1")
    assert changes(plan(asked)) == {"port": (1, 3)}
    assert {"main"} <= {one.rev for one in named_revisions(find_repository(root, ENVIRON), str)}
    assert not sprung.exists()


def test_no_program_of_a_repository_is_taken_for_git(root: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    history(root, BASE, {"settings.toml": "[default]\nport = 2\n", "bin/git": f"#!/bin/sh\ntouch {sprung}\n"})
    write(root, {"git": f"#!/bin/sh\ntouch {sprung}\n"})
    for trap in (root / "git", root / "bin/git"):
        trap.chmod(0o755)
    path = os.pathsep.join(["", ".", "bin", os.environ["PATH"]])
    for searched in (path, "", "bin"):
        with suppress(RepositoryError):  # where git lies in none of the system's own folders
            plan(PlanRequest(root=root, environ={"PATH": searched}, clock=lambda: NOW, revisions="HEAD~1"))
    assert not sprung.exists()


def test_a_configuration_that_names_another_work_tree_is_not_followed(root: Path, tmp_path: Path) -> None:
    history(root, BASE)
    git(root, "config", "core.worktree", str(tmp_path))
    with pytest.raises(RepositoryError, match="does not take this folder"):
        planned(root)


def test_the_repository_is_as_it_was(root: Path) -> None:
    history(root, BASE)
    write(root, {"settings.toml": "[default]\nport = 3\n"})
    before = (git(root, "--no-optional-locks", "status", "--short"), git(root, "count-objects", "-v"), _stamps(root))
    planned(root)
    assert before == (
        git(root, "--no-optional-locks", "status", "--short"),
        git(root, "count-objects", "-v"),
        _stamps(root),
    )


def _stamps(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(root.rglob("*")) if path.name != "index"}
