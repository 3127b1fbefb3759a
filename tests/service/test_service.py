from datetime import datetime
from typing import Any

import pytest
from projects import OWN

from app.core.errors import StartRefused, UnknownEnvironment
from app.database.embedded.leases import is_held
from app.service.plan import ConfigurationRefused, plan
from app.service.runtime import serving

URL = "postgresql://u:canary-p@db.example/x"
SECRETS = {
    "ASSAY_APP__SECRET_KEY": "canary-K7vmQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0",
    "ASSAY_HEADERS__HSTS_SECONDS": "31536000",
}
EMBEDDED = {"settings.toml": "[default.database]\nembedded = true\n"}


def test_the_home_has_the_settings_and_the_project_is_another(own: Any, project: Any) -> None:
    home = own({"settings.toml": '[default.app]\nname = "ours"\n'}, name="home")
    orders = project({"settings.toml": '[default.app]\nname = "theirs"\n'})
    planned = plan(orders.root, home.root, {})
    assert (planned.settings.app.name, planned.home, planned.project) == ("ours", home.root, orders.root)
    assert not planned.own


def test_without_a_home_only_assay_variables_are_settings(project: Any) -> None:
    orders = project({"settings.toml": '[default.app]\nname = "theirs"\n'})
    variables = {"DATABASE_URL": URL, "DYNACONF_APP__NAME": "theirs", "ASSAY_SERVER__PORT": "8123", "DYNACONF_X": "1"}
    planned = plan(orders.root, orders.root, variables)
    assert (planned.settings.app.name, planned.settings.server.port, planned.target) == ("assay", 8123, None)


def test_without_a_home_the_projects_environment_is_no_unknown_one(project: Any) -> None:
    root = project().root
    assert plan(root, root, {"ENV_FOR_DYNACONF": "integration"}).environment == "integration"


@pytest.mark.parametrize(
    ("files", "variables", "embedded"),
    [
        (EMBEDDED, {}, True),
        ({}, {}, False),
        (EMBEDDED, {"ASSAY_DATABASE__URL": URL}, False),
        (EMBEDDED, {"DATABASE_URL": URL}, False),
        (EMBEDDED, {"ASSAY_DATABASE__HOST": "db", "ASSAY_DATABASE__PASSWORD": "canary-zR4-odd"}, False),
        ({"settings.toml": EMBEDDED["settings.toml"] + f'url = "{URL}"\n'}, {}, False),
        ({"settings.toml": EMBEDDED["settings.toml"] + "port = 5433\n"}, {}, True),
    ],
)
def test_a_postgresql_of_its_own_runs_where_no_layer_names_another(
    *, own: Any, files: dict[str, str], variables: dict[str, str], embedded: bool
) -> None:
    root = own(files).root
    planned = plan(root, root, variables)
    assert (planned.embedded, planned.target is None) == (embedded, embedded or not (files or variables))


def test_findings_refuse_the_start_and_travel_with_the_refusal(own: Any) -> None:
    root = own({"settings.toml": "[default.server]\nport = 0\n"}).root
    with pytest.raises(ConfigurationRefused) as refused:
        plan(root, root, {})
    assert refused.value.exit_status == 2
    assert [finding.key for finding in refused.value.report.environments[0].findings] == ["server.port"]


def test_an_unknown_environment_refuses_the_start(own: Any) -> None:
    root = own().root
    with pytest.raises(UnknownEnvironment) as refused:
        plan(root, root, {"ENV_FOR_DYNACONF": "prodution"})
    assert (refused.value.exit_status, "'production'" in refused.value.fix) == (2, True)


def test_a_production_like_environment_needs_tokens(own: Any) -> None:
    root = own().root
    with pytest.raises(ConfigurationRefused) as refused:
        plan(root, root, {"ENV_FOR_DYNACONF": "production", **SECRETS})
    findings = refused.value.report.environments[0].findings
    (told,) = [finding for finding in findings if finding.severity == "error"]
    assert (told.rule, told.key) == ("AUTH001", "auth.tokens")
    assert "ASSAY_AUTH__TOKENS" in told.fix


def test_a_waiver_of_the_missing_tokens_opens_no_door(own: Any) -> None:
    waiver = 'waivers = [{ rule = "AUTH001", reason = "a lab", expires = "2099-01-01" }]\n'
    root = own({"assay.toml": OWN + waiver}).root
    with pytest.raises(StartRefused, match="no token says who may ask"):
        plan(root, root, {"ENV_FOR_DYNACONF": "production", **SECRETS})


def test_a_plan_shows_no_variable(own: Any) -> None:
    root = own().root
    assert "canary" not in repr(plan(root, root, {"OTHER": "canary-1", "ASSAY_APP__SECRET_KEY": "canary-2" * 8}))


async def test_a_start_that_fails_leaves_no_server_behind(own: Any) -> None:
    root = own(EMBEDDED).root

    def broken() -> datetime:
        raise OverflowError

    with pytest.raises(OverflowError):
        async with serving(plan(root, root, {}), clock=broken):
            pass
    assert not is_held(root / ".assay" / "postgres.holders")
