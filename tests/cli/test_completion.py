import subprocess
import sys

from projects import MakeProject, ProjectFolder


def completed(project: ProjectFolder, words: str) -> list[str]:
    environ = {
        "_ASSAY_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "app"], cwd=project.root, env=environ, capture_output=True, text=True, check=True
    )
    return [line.partition(",")[2] for line in ran.stdout.splitlines() if line]


def test_a_shell_completes_the_names_of_commands(project: MakeProject) -> None:
    assert completed(project(), "assay s") == ["show", "set", "schema", "serve"]
    assert completed(project(), "assay db u") == ["upgrade"]


def test_a_shell_completes_environments(own: MakeProject) -> None:
    assert completed(own(), "assay show pro") == ["production"]


def test_a_shell_completes_keys(own: MakeProject) -> None:
    assert "database.pool.size" in completed(own(), "assay explain database.pool.s")


def test_an_unusable_project_completes_nothing_and_says_nothing(project: MakeProject) -> None:
    assert completed(project({"assay.toml": "oops\n"}), "assay show pro") == []


def test_a_shell_completes_the_ids_of_rules(project: MakeProject) -> None:
    assert "DB001" in completed(project(), "assay rules db0")
