import io

import pytest
from projects import MakeProject, ProjectFolder, Ran

from app.database.embedded import EmbeddedServer
from app.database.target import Target


@pytest.fixture
def target(postgres_server: EmbeddedServer) -> Target:
    """A server that answers; the command runs its own loop, so nothing here may."""
    return postgres_server.target


def probe(project: ProjectFolder, target: Target, *changed: str, **environ: str) -> Ran:
    arguments = {
        "--host": target.host,
        "--port": str(target.port),
        "--username": str(target.username),
        "--name": str(target.name),
    }
    arguments |= dict(zip(changed[::2], changed[1::2], strict=True))
    flat = [word for pair in arguments.items() for word in pair]
    return project.assay(
        "db", "test", *flat, "--format", "json", **{"ASSAY_TARGET_PASSWORD": str(target.password), **environ}
    )


def test_a_typed_in_target_that_answers_passes_every_stage(project: MakeProject, target: Target) -> None:
    ran = probe(project(), target)
    assert ran.status == 0
    assert [(stage["name"], stage["status"]) for stage in ran.json["stages"]] == [
        ("resolve", "ok"),
        ("connect", "ok"),
        ("tls", "skipped"),
        ("login", "ok"),
        ("query", "ok"),
        ("privileges", "warning"),  # the embedded server's user is a superuser
        ("migrations", "skipped"),  # another project's, and nobody has migrated it
    ]


def test_a_wrong_password_names_its_fields_and_ends_with_1(project: MakeProject, target: Target) -> None:
    ran = probe(project(), target, ASSAY_TARGET_PASSWORD="canary-wrong")
    assert ran.status == 1
    failure = ran.json["failure"]
    assert (failure["code"], failure["sqlstate"], failure["fields"]) == (
        "password-rejected",
        "28P01",
        ["username", "password"],
    )
    assert "canary-wrong" not in ran.out + ran.err


def test_the_password_comes_from_standard_input(
    project: MakeProject, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{target.password}\n"))
    made = project()
    url = f"postgresql://{target.username}@{target.host}:{target.port}/{target.name}"
    assert made.assay("db", "test", "--url", url, "--password-stdin").status == 0


def test_a_password_inside_a_url_works_with_a_warning(project: MakeProject, target: Target) -> None:
    url = f"postgresql://{target.username}:{target.password}@{target.host}:{target.port}/{target.name}"
    ran = project().assay("db", "test", "--url", url)
    assert ran.status == 0
    assert "--password-stdin" in ran.err
    assert str(target.password) not in ran.out + ran.err


def test_an_environments_own_target_is_taken_from_its_profile(own: MakeProject, target: Target) -> None:
    profile = f'[staging.database]\nhost = "{target.host}"\nport = {target.port}\n'
    profile += f'username = "{target.username}"\npassword = "{target.password}"\nname = "{target.name}"\n'
    ran = own({".secrets.toml": profile}).assay("db", "test", "--env", "staging")
    assert ran.status == 0
    assert str(target.password) not in ran.out


def test_an_environment_and_a_typed_in_target_exclude_each_other(own: MakeProject) -> None:
    ran = own().assay("db", "test", "--env", "staging", "--host", "db")
    assert ran.status == 2
    assert "exclude each other" in ran.err


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://h/d?sslmod=require", "postgresql://h:port/d"])
def test_a_url_that_is_no_target_ends_with_2_and_no_connection_is_tried(project: MakeProject, url: str) -> None:
    ran = project().assay("db", "test", "--url", url)
    assert ran.status == 2
    assert ran.out == ""
    assert "fix:" in ran.err
