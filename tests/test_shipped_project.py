import select
import subprocess
from pathlib import Path

from patience import PATIENCE_SECONDS

from app.checking.check import validate
from app.project.workspace import open_workspace

REPOSITORY = Path(__file__).parent.parent

SECRETS = {
    "ASSAY_APP__SECRET_KEY": "canary-K7vmQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0",
    "ASSAY_DATABASE__PASSWORD": "canary-uN9kd82xQ4-vT7",
    "ASSAY_AUTH__TOKENS": f'[{{name = "ci", role = "viewer", sha256 = "{"5e884898da280471" * 4}"}}]',
}


def test_the_shipped_profiles_are_clean_but_for_deferred_secrets() -> None:
    report = validate(open_workspace(REPOSITORY, {}))
    assert [one.name for one in report.environments] == ["development", "testing", "staging", "production"]
    findings = [finding for one in report.environments for finding in one.findings]
    assert [finding.rule for finding in findings if finding.severity != "info"] == []
    deferred = {item.key for one in report.environments for item in one.deferred}
    assert deferred == {"app.secret_key", "database.password", "auth.tokens"}


def test_production_with_the_secrets_that_it_names_is_clean() -> None:
    workspace = open_workspace(REPOSITORY, {"ENV_FOR_DYNACONF": "production", **SECRETS})
    report = validate(workspace, ["production"])
    assert report.valid
    assert report.environments[0].deferred == []


def test_development_is_built_with_nothing_configured() -> None:
    workspace = open_workspace(REPOSITORY, {})
    settings = workspace.model.settings("development")
    assert settings is not None
    assert settings.database.embedded
    assert workspace.model.settings("production") is None


def test_who_ends_make_run_ends_the_service(tmp_path: Path) -> None:
    service = tmp_path / "assay"
    service.write_text("#!/bin/sh\necho serving\nexec cat\n")
    service.chmod(0o755)
    command = ["make", "-s", "-o", "install", "run", f"BIN={tmp_path}", "PORT=1"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as making:
        assert making.stdout
        assert making.stdout.readline() == b"serving\n"
        making.terminate()
        making.wait(PATIENCE_SECONDS)
        ended, _, _ = select.select([making.stdout], [], [], 0)  # at its end, once nobody can write to it
        assert ended
