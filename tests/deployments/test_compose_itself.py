"""What services are given as Compose itself says: projects made by chance, and its answers that are written down."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from compose_peer import ANSWERED, COMPOSE, MISSING, Answered, complaints, read, stock
from compose_projects import ComposeProject, compose_project

PROJECTS = 400

pytestmark = pytest.mark.skipif(not COMPOSE, reason=MISSING)


def test_services_are_given_what_compose_gives_them(tmp_path: Path) -> None:
    projects = {seed: compose_project(seed) for seed in range(PROJECTS)}
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda seed: stock(projects[seed], tmp_path / str(seed)), projects)
        answers = dict(zip(projects, said, strict=True))
    assert sum(not isinstance(one, str) for one in answers.values()) > PROJECTS / 2
    wrong = {seed: told for seed, project in projects.items() if (told := complaints(read(project), answers[seed]))}
    assert wrong == {}


@pytest.mark.parametrize("one", ANSWERED, ids=lambda one: one.name)
def test_what_is_written_down_is_what_compose_says(one: Answered, tmp_path: Path) -> None:
    said = stock(one.project, tmp_path)
    assert (None if isinstance(said, str) else said) == one.given


@pytest.mark.parametrize("profiles", ["", "a", "b , a", "b, i", "*", "c,*", "A", "d"])
def test_services_wait_that_compose_does_not_start(profiles: str, tmp_path: Path) -> None:
    services = "services:\n  base: { image: x, profiles: [a] }\n  own: { image: x, extends: base, profiles: [b] }\n"
    services += "  every: { image: x, profiles: [] }\n  star: { image: x, profiles: ['*'] }\n"
    above = "services:\n  base: { profiles: [c] }\n"
    files = {"compose.yaml": services, "above.yaml": above, ".env": f"COMPOSE_PROFILES={profiles}\n"}
    project = ComposeProject(files=files, composed=["compose.yaml", "above.yaml"])
    mine = {one.label.removeprefix("service ") for one in read(project).runners if not one.optional}
    said = stock(project, tmp_path, profiles=())
    assert mine == (said if isinstance(said, str) else said.keys())
