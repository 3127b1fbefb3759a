"""What a container is given, by the rules of Kubernetes' documentation."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.deployment import Runner
from app.core.findings import Severity
from app.deployments.expanding import Allowance
from app.deployments.kubernetes import Containers, read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests

POD = """\
apiVersion: v1
kind: Pod
metadata: {{ name: orders }}
spec:
  containers:
    - name: api
      {0}
"""
CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata: { name: common }
data:
  APP_A: "1"
  APP_B: below
---
apiVersion: v1
kind: Secret
metadata: { name: kept }
data: { APP_PASSWORD: Y2FuYXJ5 }
stringData: { APP_TOKEN: canary-2 }
"""


def read(*texts: str, container: str | None = None) -> Containers:
    found = read_manifests({f"{number}.yaml": text for number, text in enumerate(texts)}, ("APP_",))
    assert found.faults == ()
    read = [read_containers(found, f"{number}.yaml", Allowance(), container=container) for number in range(len(texts))]
    return Containers(
        runners=tuple(runner for one in read for runner in one.runners),
        faults=tuple(fault for one in read for fault in one.faults),
    )


def only(*texts: str, container: str | None = None) -> Runner:
    (runner,) = read(*texts, container=container).runners
    return runner


def values(runner: Runner) -> Mapping[str, str | None]:
    return {name: one.value for name, one in runner.effective.items()}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", "spec: { template: { spec: { containers: [%s] } } }"),
        ("StatefulSet", "spec: { template: { spec: { containers: [%s] } } }"),
        ("DaemonSet", "spec: { template: { spec: { containers: [%s] } } }"),
        ("Job", "spec: { template: { spec: { containers: [%s] } } }"),
        ("Rollout", "spec: { strategy: { canary: {} }, template: { spec: { containers: [%s] } } }"),
        ("CronJob", "spec: { jobTemplate: { spec: { template: { spec: { containers: [%s] } } } } }"),
        ("Pod", "spec: { containers: [%s] }"),
    ],
)
def test_every_workload_has_its_containers(kind: str, spec: str) -> None:
    container = "{ name: api, env: [{ name: APP_A, value: x }] }"
    text = f"apiVersion: v1\nkind: {kind}\nmetadata: {{ name: orders }}\n{spec % container}\n"
    runner = only(text)
    assert values(runner) == {"APP_A": "x"}
    assert runner.label == f"container api of {kind} orders"
    assert (runner.variables[0].origin.file, runner.variables[0].origin.span.line) == ("0.yaml", 4)  # type: ignore[union-attr]


def test_env_wins_over_env_from_and_of_one_name_the_last_counts() -> None:
    env = "env: [{ name: APP_B, value: x }, { name: APP_B, value: y }]"
    said = f"envFrom: [{{ configMapRef: {{ name: common }} }}]\n      {env}"
    assert values(only(POD.format(said) + CONFIG)) == {"APP_A": "1", "APP_B": "y"}


def test_env_from_has_its_prefix_and_the_later_source_wins() -> None:
    said = "envFrom: [{ prefix: X_, configMapRef: { name: common } }, { secretRef: { name: kept } }]"
    found = only(POD.format(said), CONFIG)
    assert values(found) == {"X_APP_A": "1", "X_APP_B": "below", "APP_PASSWORD": "canary", "APP_TOKEN": "canary-2"}
    assert [one.secret for one in found.variables] == [False, False, True, True]
    assert found.variables[0].origin.via == "configmap common"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("$(APP_A)-$(APP_B)", "1-below"),
        ("$$(APP_A)", "$(APP_A)"),
        ("$(APP_LATER)", "$(APP_LATER)"),
        ("$APP_A ${APP_A}", "$APP_A ${APP_A}"),
        ("$(APP_A", "$(APP_A"),
        ("$$$(APP_A)", "$1"),
    ],
)
def test_references_are_what_came_before(said: str, value: str) -> None:
    container = (
        "envFrom: [{ configMapRef: { name: common } }]\n"
        f"      env: [{{ name: APP_C, value: '{said}' }}, {{ name: APP_LATER, value: z }}]"
    )
    assert values(only(POD.format(container) + CONFIG))["APP_C"] == value


@pytest.mark.parametrize(
    ("name", "links", "is_known"),
    [
        ("MAIL_RELAY_SERVICE_HOST", "true", False),
        ("MAIL_RELAY_PORT_25_TCP_ADDR", "true", False),
        ("MAIL_RELAY_SERVICE_HOST", "false", True),
        ("KUBERNETES_SERVICE_HOST", "false", False),
        ("OTHER_SERVICE_HOST", "true", True),
        ("MAIL_RELAY_USER", "true", True),
    ],
)
def test_a_reference_to_what_the_cluster_adds_for_a_service_is_supplied(
    name: str, links: str, *, is_known: bool
) -> None:
    pod = POD.format(f"env: [{{ name: APP_A, value: 'x-$({name})' }}]") + f"  enableServiceLinks: {links}\n"
    service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: mail-relay }\n"
    assert values(only(pod + service)) == {"APP_A": f"x-$({name})" if is_known else None}


@pytest.mark.parametrize(
    ("asking", "value"), [("", "b"), ("namespace: one", "a"), ("namespace: two", "b"), ("namespace: away", None)]
)
def test_a_config_map_is_that_of_the_workloads_namespace(asking: str, value: str | None) -> None:
    pod = POD.format("envFrom: [{ configMapRef: { name: kept } }]").replace("name: orders", f"name: orders, {asking}")
    maps = "".join(
        f"---\nkind: ConfigMap\nmetadata: {{ name: kept, namespace: {place} }}\ndata: {{ APP_A: {said} }}\n"
        for place, said in (("one", "a"), ("two", "b"))
    )
    assert values(only(pod + maps)).get("APP_A") == value


def test_a_reference_to_what_is_kept_elsewhere_is_supplied_too() -> None:
    said = (
        "env: [{ name: APP_PW, valueFrom: { secretKeyRef: { name: away, key: pw } } },"
        " { name: APP_URL, value: 'x://$(APP_PW)@db' },"
        " { name: APP_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]"
    )
    found = read(POD.format(said))
    assert found.faults == ()
    assert values(found.runners[0]) == {"APP_PW": None, "APP_URL": None, "APP_IP": None}


def test_a_value_made_with_a_secret_is_secret() -> None:
    said = (
        "env: [{ name: APP_PW, valueFrom: { secretKeyRef: { name: kept, key: APP_TOKEN } } },"
        " { name: APP_URL, value: 'x://$(APP_PW)@db' }]"
    )
    found = only(POD.format(said) + CONFIG).effective["APP_URL"]
    assert (found.value, found.secret, found.manifest) == ("x://canary-2@db", True, False)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("env: [{ name: APP_C, valueFrom: { configMapKeyRef: { name: common, key: nope } } }]", "the key nope"),
        ("env: [{ name: APP_C, valueFrom: { configMapKeyRef: { name: away, key: APP_A } } }]", "the ConfigMap away"),
        ("env: [{ name: APP_C, valueFrom: { secretKeyRef: { name: kept, key: nope } } }]", "the key nope"),
        ("envFrom: [{ configMapRef: { name: away } }]", "the ConfigMap away"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_but_for_an_optional_one(said: str, told: str) -> None:
    (fault,) = read(POD.format(said) + CONFIG).faults
    assert fault.rule == "DEP002"
    assert told in fault.message
    assert fault.origin.span is not None
    assert fault.origin.span.line == 7
    optional = said.replace("key: ", "optional: true, key: ").replace("away }", "away, optional: true }")
    assert read(POD.format(optional) + CONFIG).faults == ()


def test_a_secret_that_is_in_no_manifest_may_hold_anything() -> None:
    found = read(POD.format("envFrom: [{ secretRef: { name: away } }]"))
    assert found.faults == ()
    assert [one.via for one in found.runners[0].open] == ["secret away"]


@pytest.mark.parametrize("value", ["on", "1e3", "0o17", "y", "N", "8080", "true"])
def test_what_is_no_text_to_yaml_is_refused(value: str) -> None:
    (fault,) = read(POD.format(f"env: [{{ name: APP_A, value: {value} }}]")).faults
    assert (fault.rule, fault.origin.name) == ("DEP007", "APP_A")
    assert read(POD.format(f"env: [{{ name: APP_A, value: '{value}' }}]")).faults == ()


@pytest.mark.parametrize("value", ["2026-01-01", "2026-01-01T10:00:00Z", "7e123456", "123e309", "1_0x", "1:30:00x"])
def test_what_looks_like_a_date_or_like_no_number_there_is_is_a_text(value: str) -> None:
    found = read(POD.format(f"env: [{{ name: APP_A, value: {value} }}]"))
    assert found.faults == ()
    assert found.runners[0].effective["APP_A"].value == value


def test_init_containers_are_read_where_they_are_named() -> None:
    said = "env: [{ name: APP_A, value: x }]\n  initContainers: [{ name: first, env: [{ name: APP_A, value: y }] }]"
    assert values(only(POD.format(said))) == {"APP_A": "x"}
    assert values(only(POD.format(said), container="first")) == {"APP_A": "y"}


def test_lists_hold_objects() -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n- " + POD.format("env: [{ name: APP_A, value: x }]").replace(
        "\n", "\n  "
    )
    assert values(only(listed.rstrip())) == {"APP_A": "x"}


names = st.from_regex(r"APP_[A-Z]{1,3}", fullmatch=True)
texts = st.text(st.characters(codec="ascii", exclude_characters="$"), max_size=8)


@given(st.lists(st.tuples(names, texts), min_size=1, max_size=8))
def test_what_is_written_is_what_is_read(pairs: list[tuple[str, str]]) -> None:
    env = json.dumps([{"name": name, "value": value} for name, value in pairs])
    assert values(only(POD.format(f"env: {env}"))) == dict(pairs)


def test_all_references_together_are_given_up_beyond_the_limit() -> None:
    long = f"{{ name: APP_LONG, value: {'x' * 10_000} }}"
    named = ", ".join(f"{{ name: APP_{number}, value: $(APP_LONG) }}" for number in range(150))
    found = values(only(POD.format(f"env: [{long}, {named}]")))
    assert (found["APP_0"], found["APP_149"]) == ("x" * 10_000, None)


def _secret(line: str) -> str:
    return f"---\napiVersion: v1\nkind: Secret\nmetadata: {{ name: kept }}\n{line}\n"


REFERRING = "env: [{ name: APP_A, valueFrom: { secretKeyRef: { name: kept, key: a } } }]"
WHOLE = "envFrom: [{ prefix: APP_, secretRef: { name: kept } }, { secretRef: { name: kept } }]"


@pytest.mark.parametrize(
    "line",
    [
        'data: { a: "<path:secret/data/orders#password>" }',
        'data: { a: "<password>" }',
        'data: { a: "ENC[AES256_GCM,data:p6Q=,iv:x,tag:y,type:str]" }',
        'data: { a: "ref+vault://secret/orders#/password" }',
        'data: { a: "${ORDERS_PASSWORD}" }',
        'stringData: { a: "postgres://u:<path:secret/data/orders#password>@h/db" }',
        "data: { a: PHBhdGg6c2VjcmV0L2RhdGEvb3JkZXJzI3B3Pg== }",
    ],
)
@pytest.mark.parametrize("asking", [REFERRING, 'env: [{ name: APP_A, value: "<path:secret/data/orders#pw>" }]'])
def test_what_a_tool_fills_in_at_the_deploy_is_supplied_and_named(line: str, asking: str) -> None:
    found = read(POD.format(asking) + _secret(line))
    (one,) = found.runners[0].variables
    assert (one.value, one.secret, one.manifest and asking != REFERRING) == (None, True, False)
    assert "filled in at the deploy" in (one.origin.via or "")
    assert found.faults == ()


@pytest.mark.parametrize("asking", [REFERRING, WHOLE])
@pytest.mark.parametrize("value", ["hunter2-canary", "cG9zdGdyZXM", "cG9z dGdyZXM=", "p@ss"])
def test_a_secret_that_is_no_base64_is_told_at_its_line_once(asking: str, value: str) -> None:
    found = read(POD.format(asking) + _secret(f'data:\n  b: Y2FuYXJ5\n  a: "{value}"'))
    (fault,) = found.faults
    assert (fault.rule, str(fault.severity), value in fault.message) == ("DEP007", str(Severity.ERROR), False)
    assert fault.origin.span is not None
    assert POD.format(asking).count("\n") + 7 == fault.origin.span.line


@pytest.mark.parametrize("value", ["", "Y2FuYXJ5", "Y2Fu\\r\\nYXJ5\\n", "//79"])
def test_base64_is_taken_as_kubernetes_takes_it(value: str) -> None:
    assert read(POD.format(REFERRING) + _secret(f'data: {{ a: "{value}" }}')).faults == ()


def test_a_number_in_a_secret_is_refused() -> None:
    (fault,) = read(POD.format(REFERRING) + _secret("data: { a: 5432 }")).faults
    assert "no text: Kubernetes refuses the manifest" in fault.message


IMAGE = POD.format(
    "image: x\n      envFrom: [{ configMapRef: { name: common } }]\n"
    "      env: [{ name: APP_A, value: a }, { name: APP_C, value: c }, { name: APP_D, value: d }]"
)
PATCH = POD.format(
    "env: [{ name: APP_C, value: new }, { name: APP_E, value: $(APP_C) }, { name: APP_D, $patch: delete }]"
)


@pytest.mark.parametrize("texts", [(IMAGE, PATCH, CONFIG), (PATCH, IMAGE, CONFIG), (IMAGE + "---\n" + PATCH + CONFIG,)])
def test_a_workload_without_images_is_a_patch_of_the_one_of_its_name(texts: tuple[str, ...]) -> None:
    found = only(*texts)
    assert values(found) == {"APP_A": "a", "APP_B": "below", "APP_C": "new", "APP_E": "new"}
    assert found.effective["APP_C"].origin.file == f"{texts.index(PATCH) if PATCH in texts else 0}.yaml"


def test_a_patch_takes_the_place_of_env_from_and_may_end_service_links() -> None:
    patch = POD.format("envFrom: [{ secretRef: { name: kept } }]") + "  enableServiceLinks: false\n"
    found = only(IMAGE, patch, CONFIG)
    assert (found.effective["APP_TOKEN"].value, "APP_B" in found.effective, found.links) == ("canary-2", False, False)


GENERATED = """\
configMapGenerator:
  - name: common
    literals: [APP_A=1, "APP_B='two words'"]
    {0}
"""


@pytest.mark.parametrize("more", ["", "envs: [common.env]"])
def test_what_a_kustomization_generates_stands_for_the_config_map(more: str) -> None:
    reference = "{ name: APP_C, valueFrom: { configMapKeyRef: { name: common, key: c } } }"
    said = f"envFrom: [{{ configMapRef: {{ name: common }} }}]\n      env: [{reference}]"
    found = read_manifests({"pod.yaml": POD.format(said), "kustomization.yaml": GENERATED.format(more)}, ("APP_",))
    read = read_containers(found, "pod.yaml", Allowance())
    assert values(read.runners[0]) == {"APP_A": "1", "APP_B": "two words"} | ({"APP_C": None} if more else {})
    assert [fault.rule for fault in read.faults] == ([] if more else ["DEP002"])
    assert [one.via for one in read.runners[0].open] == (["configmap common"] if more else [])


def test_a_sealed_secret_has_the_keys_of_its_template_too() -> None:
    spec = "{ encryptedData: { a: AgB }, template: { data: { b: 'x{{ .a }}' } } }"
    sealed = f"---\nkind: SealedSecret\nmetadata: {{ name: s }}\nspec: {spec}\n"
    refs = ", ".join(
        f"{{ name: APP_{key.upper()}, valueFrom: {{ secretKeyRef: {{ name: s, key: {key} }} }} }}" for key in "abc"
    )
    found = read(POD.format(f"env: [{refs}]") + sealed)
    assert values(found.runners[0]) == {"APP_A": None, "APP_B": None}
    assert [fault.message.split(" of ")[0] for fault in found.faults] == ["APP_C refers to the key c"]


def test_the_items_of_a_list_of_one_kind_need_not_say_it() -> None:
    container = "{ name: api, env: [{ name: APP_A, value: x }] }"
    text = f"kind: PodList\nitems:\n- metadata: {{ name: orders }}\n  spec: {{ containers: [{container}] }}\n"
    assert (only(text).label, values(only(text))) == ("container api of Pod orders", {"APP_A": "x"})


def test_a_name_that_holds_a_value_is_told_and_shown_to_nobody() -> None:
    found = read(POD.format('env: [{ name: "APP_TOKEN=canary", value: x }, { name: APP_A, value: x }]'))
    assert [one.name for one in found.runners[0].variables] == ["APP_A"]
    assert [one.rule for one in found.faults] == ["DEP009"]
    assert "canary" not in repr(found.faults)
