"""Sources that are named by globs or beside each other: units with their drop-ins, files of instances, tasks."""

from collections.abc import Mapping

import pytest
from projects import MakeProject

OPTIONS = 'known_environments = ["production"]\nenvvar_prefix = "ORDERS"\n[deployments]\nproduction = {}\n'
UNIT = "[Service]\nEnvironment=ENV_FOR_DYNACONF=production ORDERS_HOST=unit ORDERS_PORT=1\n"
DROP_IN = "[Service]\nEnvironment=ORDERS_HOST=drop\n"
UNITS = {"deploy/orders.service": UNIT, "deploy/orders.service.d/10.conf": DROP_IN}
CLEAN = "[Service]\nType=oneshot\nEnvironment=ENV_FOR_DYNACONF=production ORDERS_HOST=clean\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\ndata: {}\n"
TEMPLATE = "[Service]\nEnvironment=ENV_FOR_DYNACONF=production\nEnvironmentFile=/etc/orders/%i.env\n"
CONTAINER = "[Container]\nImage=x\nEnvironment=ENV_FOR_DYNACONF=production\nEnvironmentFile=./near.env\n"
MANY_SPECIFIERS = {
    "orders.service": f"{UNIT}EnvironmentFile=-/etc/{'%H' * 20}z\nEnvironmentFile=-/etc/%H%H%H.env\n",
    f"{'a' * 250}.env": "ORDERS_HOST=eu\n",
}
API = """\
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec: { template: { spec: { enableServiceLinks: false, containers: [{ name: api, env: [
  { name: ENV_FOR_DYNACONF, value: production }, { name: ORDERS_HOST, value: api }] }] } } }
"""
CRON = """\
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec: { jobTemplate: { spec: { template: { spec: { enableServiceLinks: false, containers: [{ name: nightly, env: [
  { name: ENV_FOR_DYNACONF, value: production }, { name: ORDERS_HOST, value: cron },
  { name: ORDERS_PORT, value: "2" }] }] } } } } }
"""
MIXED = {"deploy/orders.service": UNIT, "deploy/orders-clean.service": CLEAN,
         "deploy/orders-clean.timer": "[Timer]\nOnCalendar=daily\n", "deploy/README": "words\n"}  # fmt: skip
OVERLAID = {
    "base/kustomization.yaml": "resources: [api.yaml]\n", "base/api.yaml": API.replace("env:", "image: x, env:"),
    "over/kustomization.yaml": "resources: [../base]\n", "over/patch.yaml": API.replace(" api }]", " patched }]"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("sources", "files", "expected"),
    [
        ('"deploy/*"', UNITS, ("drop", 1)),
        ('"deploy/**/*"', UNITS, ("drop", 1)),
        ('["deploy/orders.service", "deploy/orders.service.d/10.conf"]', UNITS, ("drop", 1)),
        ('["orders@.service", "eu.env"]', {"orders@.service": TEMPLATE, "eu.env": "ORDERS_HOST=eu\n"}, (None, 0)),
        ('"orders.container"', {"orders.container": CONTAINER, "near.env": "ORDERS_HOST=near\n"}, (None, 0)),
        ('["api.yaml", "cron.yaml"]', {"api.yaml": API, "cron.yaml": CRON}, ("api", 2)),
        ('["cron.yaml", "api.yaml"]', {"api.yaml": API, "cron.yaml": CRON}, ("api", 2)),
        ('"cron.yaml"', {"cron.yaml": CRON}, ("cron", 2)),
        ('["api.yaml", "config.yaml"]', {"api.yaml": API, "config.yaml": CONFIG}, ("api", 0)),
        ('"deploy/*"', MIXED, ("unit", 1)),
        ('["base/*", "over/*"]', OVERLAID, ("patched", 0)),
        ('["orders.service", "*.env"]', MANY_SPECIFIERS, (None, 1)),
    ],
)  # fmt: skip
def test_nothing_is_told_of_what_belongs_together(
    sources: str, files: Mapping[str, str], expected: tuple[str | None, int], project: MakeProject
) -> None:
    made = project({"settings.toml": "[production]\nhost = 'file'\nport = 0\n", **files})
    made.write({"assay.toml": OPTIONS.format(sources)})
    checked = made.assay("check", "production", "--format", "json").json
    assert [*checked["findings"], *checked["environments"][0]["findings"]] == []
    # what a file of variables says is shown to nobody
    shown = made.assay("show", "production", "--format", "json").json["values"]
    assert {one["key"]: one["value"] for one in shown} == dict(zip(("host", "port"), expected, strict=True))


def test_a_kustomization_alone_is_told_how_to_be_built(project: MakeProject) -> None:
    made = project(
        {"settings.toml": "[production]\nhost = 'x'\n", "deploy/kustomization.yaml": "resources: [a.yaml]\n"}
    )
    made.write({"assay.toml": OPTIONS.format('"deploy/kustomization.yaml"')})
    (found,) = made.assay("check", "production", "--format", "json").json["findings"]
    assert (found["rule"], "kustomize build deploy | assay check --deployment -" in found["fix"]) == ("DEP009", True)


def test_a_container_that_no_file_has_is_told_beside_sources_that_start_something(project: MakeProject) -> None:
    made = project(
        {"settings.toml": "[production]\nhost = 'x'\n", "api.yaml": API, "compose.yaml": "services: { api: {} }\n"}
    )
    made.write({"assay.toml": OPTIONS.format('["api.yaml", { path = "compose.yaml", container = "web" }]')})
    (found,) = made.assay("check", "production", "--format", "json").json["findings"]
    assert (found["rule"], "container web" in found["message"]) == ("DEP009", True)


@pytest.mark.parametrize("said", ["$STAGE", "${stage}"])
def test_a_placeholder_for_the_environment_is_told_how_to_be_filled_in(said: str, project: MakeProject) -> None:
    made = project(
        {
            "settings.toml": "[production]\nhost = 'x'\n",
            "api.yaml": API.replace("value: production", f"value: '{said}'"),
        }
    )
    made.write({"assay.toml": OPTIONS.format('"api.yaml"')})
    found = made.assay("check", "production", "--format", "json").json["environments"][0]["findings"]
    (fix,) = [one["fix"] for one in found if one["rule"] == "DEP004"]
    assert fix.endswith("envsubst < api.yaml | assay check production --deployment -")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Values.name }}}\n", "template"),
        ("apiVersion: apps/v1\nkind: Deployment\nspec:\n  {{- toYaml .Values.spec | nindent 2 }}\n", "template"),
        ("apiVersion: v1\nkind: [Deployment\nmetadata: x\n", "']'"),
    ],
)
def test_what_says_nothing_of_ours_is_not_passed_over_where_it_is_named(
    text: str, what: str, project: MakeProject
) -> None:
    files = {"api.yaml": API, "more.yaml": text, "settings.toml": "[production]\nhost = 'x'\n"}
    made = project({"assay.toml": OPTIONS.format('["api.yaml", "more.yaml"]'), **files})
    report = made.assay("check", "production", "--format", "json").json
    (told,) = report["findings"]
    assert what in told["message"]
    assert (told["rule"], told["origin"]["file"]) == ("DEP009", "more.yaml")
    assert [one["judged"] for one in report["environments"]] == [False]


def test_a_template_is_one_as_a_whole(project: MakeProject) -> None:
    template = f"{API}---\napiVersion: v1\nkind: Service\nmetadata: {{ name: {{{{ .Release.Name }}}} }}\n"
    made = project(
        {
            "assay.toml": OPTIONS.format('"deploy/*.yaml"'),
            "settings.toml": "[production]\nhost = 'x'\n",
            "deploy/a.yaml": API,
            "deploy/b.yaml": template,
        }
    )
    (told,) = made.assay("check", "production", "--format", "json").json["findings"]
    assert (told["rule"], "deploy/b.yaml" in told["message"]) == ("DEP009", True)
