"""Sources of a deployment of every kind, full of secrets: whatever starts a process may hold them anywhere."""

from base64 import b64encode
from collections.abc import Mapping

from canaries import DSNS, NAMES, Canaries

_SAFE = [name for name in NAMES if name.replace("_", "a").isalnum()][::4]


def leaky_sources(canary: Canaries, prefix: str = "DYNACONF") -> Mapping[str, str]:
    """Files by name: those of LISTED are sources, others are what these name."""
    return {
        "deploy/orders.yaml": _manifest(canary, prefix),
        "deploy/compose/compose.yaml": _compose(canary, prefix),
        "deploy/compose/.env": f"FILLED={canary()}\n{prefix}_DEPLOYED__BESIDE={canary()}\n",
        "deploy/compose/more.env": _lines(canary, f"{prefix}_COMPOSED"),
        "deploy/orders.service": f"[Service]\n{_unit(canary, prefix)}EnvironmentFile=/etc/orders/host.env\n",
        "deploy/orders.service.d/10-more.conf": f"[Service]\n{_unit(canary, f'{prefix}_DROPPED')}",
        "deploy/host.env": _lines(canary, f"{prefix}_HOSTED"),
        "deploy/compose/compose.override.yaml": _override(canary, prefix),
        "deploy/orders.container": f"[Container]\n{_unit(canary, f'{prefix}_POD')}EnvironmentFile=./near.list\n",
        "deploy/near.list": _lines(canary, f"{prefix}_NEAR"),
        "deploy/kustomization.yaml": _kustomization(canary, prefix),
        "deploy/generated.list": _lines(canary, f"{prefix}_LISTED"),
        "deploy/kept.txt": f"{canary()}\n{canary()}\n",
        "deploy/Dockerfile": _image(canary, prefix),
        "deploy/plain.env": _lines(canary, f"{prefix}_PLAIN"),
        "deploy/environ.txt": _lines(canary, f"{prefix}_DUMPED"),
        "deploy/process": _lines(canary, f"{prefix}_PROCESS").replace("\n", "\0"),
        "deploy/environ.json": _json(canary, f"{prefix}_JSON"),
        "deploy/inspected.json": f'[{{"Config": {{"Env": ["{prefix}_INSPECTED__PASSWORD={canary()}"]}}}}]',
    }


LISTED = (
    "deploy/Dockerfile", "deploy/orders.yaml", "deploy/compose/compose.yaml",
    "deploy/compose/compose.override.yaml", "deploy/orders.container", "deploy/kustomization.yaml",
    "deploy/orders.service",
    "deploy/host.env", "deploy/plain.env", "deploy/environ.txt", "deploy/process", "deploy/environ.json",
    "deploy/inspected.json",
)  # fmt: skip


def _lines(canary: Canaries, prefix: str) -> str:
    named = "".join(f"{prefix}__{name}={canary()}\n" for name in _SAFE)
    return named + "".join(f"{prefix}__URLS{n}='{dsn.format(canary())}'\n" for n, dsn in enumerate(DSNS))


def _json(canary: Canaries, prefix: str) -> str:
    pairs = [f'"{prefix}__{name}": "{canary()}"' for name in _SAFE]
    pairs += [f'"{prefix}__WHOLE": "{{password = \\"{canary()}\\"}}"']
    return f"{{{', '.join(pairs)}}}"


def _hidden(canary: Canaries) -> str:
    """A secret as a Secret has it, which is as good as in clear."""
    canary.made.append(b64encode(canary().encode()).decode())
    return canary.made[-1]


def _manifest(canary: Canaries, prefix: str) -> str:
    stated = "".join(f"        - {{ name: {prefix}_STATED__{name}, value: '{canary()}' }}\n" for name in _SAFE)
    stated += "".join(
        f"        - {{ name: {prefix}_STATED__URLS{n}, value: '{dsn.format(canary())}' }}\n"
        for n, dsn in enumerate(DSNS)
    )
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{ name: orders }}
spec:
  initContainers:
    - {{ name: first, env: [{{ name: {prefix}_FIRST__PASSWORD, value: {canary()} }}] }}
  containers:
    - name: api
      envFrom:
        - {{ prefix: {prefix}_MAPPED__, configMapRef: {{ name: shared }} }}
        - {{ prefix: {prefix}_KEPT__, secretRef: {{ name: kept }} }}
        - {{ prefix: {prefix}_SEALED__, secretRef: {{ name: sealed }} }}
        - configMapRef: {{ name: generated }}
        - secretRef: {{ name: hidden }}
      env:
{stated}\
        - {{ name: {prefix}_KEPT__TYPED__password, value: {canary.number()} }}
        - {{ name: {prefix}_THROUGH, value: "x$({prefix}_KEPT__region)x" }}
        - {{ name: {prefix}_ONE, valueFrom: {{ secretKeyRef: {{ name: kept, key: region }} }} }}
        - {{ name: {prefix}_GONE, valueFrom: {{ secretKeyRef: {{ name: kept, key: gone }} }} }}
    - {{ name: worker, env: [{{ name: {prefix}_STATED__password, value: {canary()} }}] }}
---
apiVersion: v1
kind: ConfigMap
metadata: {{ name: shared }}
data: {{ password: {canary()}, url: "redis://:{canary()}@cache/0" }}
---
apiVersion: v1
kind: Secret
metadata: {{ name: kept }}
data: {{ region: {_hidden(canary)}, password: {_hidden(canary)} }}
stringData: {{ plain: {canary()} }}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{ name: sealed }}
spec: {{ encryptedData: {{ password: {canary()} }} }}
"""


def _compose(canary: Canaries, prefix: str) -> str:
    return f"""\
x-common: &common
  {prefix}_COMPOSED__TOKEN: {canary()}
services:
  api:
    env_file: more.env
    environment:
      <<: *common
      {prefix}_COMPOSED__URL: postgresql://app:{canary()}@db/x
      {prefix}_COMPOSED__PASSWORD: ${{UNSET:-{canary()}}}
      {prefix}_COMPOSED__REGION: ${{FILLED}}
      {prefix}_DEPLOYED__BESIDE:
  worker:
    extends: api
    environment: ["{prefix}_COMPOSED__SECRET_KEY={canary()}"]
"""


def _override(canary: Canaries, prefix: str) -> str:
    return f"""\
services:
  api:
    command: "login --token {canary()} ${{UNSET%.*}}"
    environment:
      {prefix}_COMPOSED__OVER_PASSWORD: "redis://:{canary()}@h"
      {prefix}_COMPOSED__OVER_PASSWORD: {canary()}
      {prefix}_COMPOSED__BROKEN_TOKEN: "{canary()}${{"
"""


def _kustomization(canary: Canaries, prefix: str) -> str:
    literals = f'"{prefix}_GENERATED__password={canary()}", "{prefix}_GENERATED__url=redis://:{canary()}@h"'
    return f"""\
configMapGenerator:
  - {{ name: generated, literals: [{literals}], envs: [generated.list], files: [{prefix}_GENERATED__key=kept.txt] }}
secretGenerator:
  - {{ name: hidden, literals: ["{prefix}_HIDDEN__region={canary()}"], files: [{prefix}_HIDDEN__key=kept.txt] }}
"""


def _unit(canary: Canaries, prefix: str) -> str:
    named = "".join(f'Environment="{prefix}_UNIT__{name}={canary()}"\n' for name in _SAFE)
    return f"{named}Environment={prefix}_UNIT__STORE=redis://:{canary()}@h '{prefix}_UNIT__PASS={canary()}\n"


def _image(canary: Canaries, prefix: str) -> str:
    named = "".join(f"ENV {prefix}_IMAGE__{name}={canary()}\n" for name in _SAFE)
    return f"FROM python:3.12\nARG TOKEN={canary()}\n{named}ENV {prefix}_IMAGE__STORE=redis://:${{TOKEN}}@h\n"
