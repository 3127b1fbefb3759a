"""A rendered release of 5 MB and 2,000 documents, against PyYAML's events of the same text, without any nodes."""

from collections.abc import Iterator
from functools import partial

import yaml

from app.deployments.expanding import Allowance
from app.deployments.kubernetes import read_containers
from app.deployments.kubernetes.manifest_reading import read_manifests
from benchmarks.paired import Row, paired

_GROUPS = 400
_VARIABLES = 30
_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: app{0} }}
spec:
  template:
    spec:
      containers:
        - name: api
          image: registry.example.com/app{0}:1.2.3
          env:
{1}"""
_FROM = "          envFrom:\n            - configMapRef: {{ name: env{} }}\n"
_ENTRY = "            - name: {}_K{}\n              value: value number {}\n"
_OTHERS = (
    ("ConfigMap", "data:\n", '  ORDERS_M{}: "value number {}, and a little more"\n', 60),
    ("Service", "spec:\n  ports:\n", "    - name: port{0}\n      port: {0}\n      targetPort: {0}\n", 35),
    ("Secret", "stringData:\n", '  text{}: "kept number {}, and a little more"\n', 60),
    ("Role", "rules:\n", "  - apiGroups: [a{}]\n    resources: [pods, secrets]\n    verbs: [get, list]\n", 35),
)


def measure() -> Iterator[Row]:
    """Where one in ten of the deployments is ours, where each has a map of its own, and where all are deployments."""
    texts = (
        ("a tenth is ours", _documents(10), 1),
        ("all may be ours", _documents(1), 3),
        ("all workloads, all ours", _workloads(), 2),
    )
    for name, documents, aim in texts:
        text = "---\n".join(documents)
        seconds, ratio = paired(partial(_ours, text), partial(_events, text), pairs=5)
        title = f"variables of a release of {len(text) / 1e6:.0f} MB, {_GROUPS * 5:,} documents, {name}"
        yield Row(name=title, against="yaml.parse of the same", seconds=seconds, ratio=ratio, aim=aim)


def _documents(ours: int) -> Iterator[str]:
    """One in so many deployments is ours."""
    for number in range(_GROUPS):
        is_ours = number % ours == 0
        prefix, source = ("ORDERS", _FROM.format(number)) if is_ours else ("OTHERS", "")
        entries = "".join(_ENTRY.format(prefix, at, at) for at in range(_VARIABLES))
        yield _DEPLOYMENT.format(number, entries) + source
        for kind, head, line, count in _OTHERS:
            body = "".join(line.format(at, at) for at in range(count))
            yield f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: env{number}\n{head}{body}"


def _workloads() -> Iterator[str]:
    """Deployments of one chart, each with another name and image."""
    more = "".join(
        f"            - {{ name: tmp{at}, mountPath: /var/lib/orders/data/number/{at} }}\n" for at in range(12)
    )
    entries = "".join(_ENTRY.format("ORDERS", at, at) for at in range(_VARIABLES))
    for number in range(_GROUPS * 5):
        yield _DEPLOYMENT.format(number, entries) + "          volumeMounts:\n" + more


def _ours(text: str) -> None:
    found = read_manifests({"release.yaml": text}, ("ORDERS_",), {"release.yaml"})
    if not read_containers(found, "release.yaml", Allowance()).runners:
        raise RuntimeError("nothing was read")


def _events(text: str) -> None:
    for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
        pass
