"""Every fix works in what starts the process, too: made there, the finding is gone, and nothing else is broken."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import pytest
import tomlkit
from faulty_projects import OWN_VARIABLES, VARIABLES, faulty
from fix_law import Followed, follow, said_text, told, write

from app.checking.check import validate
from app.editing.apply import applied
from app.editing.fix import all_findings
from app.project.workspace import Workspace, open_workspace
from app.reports import wire

PROJECTS = 60
POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: api\n      env:\n"


def _kubernetes(environ: Mapping[str, str]) -> str:
    lines = (f"        - name: {name}\n          value: {json.dumps(text)}\n" for name, text in environ.items())
    return POD + "".join(lines).replace("$", "$$")


def _compose(environ: Mapping[str, str]) -> str:
    lines = (f"      {name}: {json.dumps(text)}\n" for name, text in environ.items())
    return "services:\n  api:\n    environment:\n" + "".join(lines).replace("$", "$$")


def _systemd(environ: Mapping[str, str]) -> str:
    lines = (f"Environment={json.dumps(f'{name}={text}')}\n" for name, text in environ.items())
    return "[Service]\n" + "".join(lines).replace("%", "%%")


def _image(environ: Mapping[str, str]) -> str:
    lines = (f"ENV {name}={json.dumps(text)}\n" for name, text in environ.items())
    return "FROM python:3.12\n" + "".join(lines).replace("$", "\\$")


KINDS: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "orders.yaml": _kubernetes, "compose.yaml": _compose, "orders.service": _systemd, "Dockerfile": _image,
    "orders.json": json.dumps,
}  # fmt: skip


@pytest.mark.parametrize("file", KINDS)
def test_every_edit_of_a_variable_works_where_the_deployment_says_it(file: str, tmp_path: Path) -> None:
    followed = [found for seed in range(PROJECTS) for found in _followed(seed, file, tmp_path / str(seed))]
    assert len(followed) > PROJECTS
    assert [told(finding, done) for finding, done in followed if done.complaint] == []


def _followed(seed: int, file: str, root: Path) -> Iterator[tuple[wire.ReportedFinding, Followed]]:
    """The fixes of all that a deployment's own lines are told."""
    _lay(seed, file, root)
    workspace = open_workspace(root, {})
    for number, finding in enumerate(all_findings(validate(workspace))):
        if finding.edit and isinstance(finding.origin, wire.DeploymentOrigin):
            place = root.parent / f"{seed}-{number}"
            copytree(root, place)
            there = open_workspace(place, {})
            yield finding, follow(there, validate(there), finding, Random(seed), _Maker(file))  # noqa: S311 - nothing secret comes of it


def _lay(seed: int, file: str, root: Path) -> None:
    project, random = faulty(seed), Random(seed)  # noqa: S311 - nothing secret comes of it
    options: dict[str, Any] = {**project.options}
    environment = "main" if options.get("environments") is False else random.choice(("production", "staging"))
    known = OWN_VARIABLES if "schema" in options else VARIABLES
    prefix = options.get("envvar_prefix", "DYNACONF")
    said = {f"{prefix}_{name}": text for name, text in random.sample(known, 5)}
    root.mkdir()
    for name, text in project.files.items():
        (root / name).write_text(text)
    options["deployments"] = {environment: file}
    (root / "assay.toml").write_text(tomlkit.dumps(options))
    (root / file).write_text(KINDS[file]({"ENV_FOR_DYNACONF": environment, **said}))


class _Maker:
    """Makes edits of variables in the one source that there is."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __call__(self, workspace: Workspace, edit: wire.FixEdit, value: Any) -> Workspace:
        if edit.kind != "variable" and edit.file != self._file:
            return applied(workspace, edit, value).workspace
        ((_, deployment),) = workspace.deployments.items()
        environ = {**deployment.texts}
        if edit.kind == "unset":
            del environ[edit.key]
        else:
            environ[edit.key] = said_text(edit, value, environ)
        root = workspace.project.root
        write(workspace, root)
        (root / self._file).write_text(KINDS[self._file](environ))
        return open_workspace(root, {})
