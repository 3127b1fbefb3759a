"""Manifests, Compose files and dumps that give an environment its variables, through the command line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .command import CHECKS, VALUES, assay, chosen, folder
from .engine import CANARY, Target, Try

_SEEDS = (
    b"apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop }\nspec:\n  template:\n    spec:\n      "
    b"enableServiceLinks: false\n      containers:\n        - name: api\n          envFrom:\n            - configMapRef: "
    b"{ name: shop-env }\n            - secretRef: { name: shop, optional: true }\n              prefix: SHOP_\n          "
    b"env:\n            - { name: ENV_FOR_DYNACONF, value: production }\n            - { name: SHOP_PORT, value: '1' }\n"
    b"            - name: SHOP_X\n              value: $(SHOP_PORT)-$$(Y)\n            - name: SHOP_DATABASE__PASSWORD\n"
    b"              valueFrom: { secretKeyRef: { name: shop, key: db } }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: "
    b"{ name: shop-env }\ndata:\n  SHOP_DEBUG: 'no'\n  SHOP_HOSTS: |\n    [1,\n    2]\n",
    b"services:\n  api:\n    env_file: [{ path: x.env, required: false }]\n    environment: &e\n      ENV_FOR_DYNACONF: "
    b"staging\n      SHOP_HOST: ${HOST:-h}\n      SHOP_PORT: ${PORT:?no}\n      SHOP_NAME: ${SHOP_DATABASE__PASSWORD}\n  worker:\n    extends: api\n"
    b"    environment:\n      <<: *e\n      SHOP_DEBUG: ${D:+on}$$\n",
    b"ENV_FOR_DYNACONF=production\nSHOP_PORT=1\nSHOP_HOSTS=[1,\n2]\n",
    b'{"ENV_FOR_DYNACONF": "production", "SHOP_PORT": "1"}',
    b'[{"Config": {"Env": ["SHOP_PORT=1"]}}]',
    b"kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  metadata: {name: p}\n  spec: {containers: [{name: api, env: [{name: "
    b"SHOP_A, value: 0o17}, {name: SHOP_B, value: !!binary aGk=}]}]}\n",
)
_WORDS = (
    b"---\n", b"kind: ", b"spec:", b"containers:", b"env:", b"envFrom:", b"value: ", b"valueFrom:", b"<<: *e", b"&a ", b"*a",
    b"!!str ", b"!!binary ", b"!x ", b"|\n", b">-\n", b"? ", b"- ", b"{", b"}", b"${SHOP_PORT:-", b"$(SHOP_X)", b"extends:",
    b"{{ .Values.x }}", b"SHOP_", b"yes", b"0x1F", b"1_000", b"~", b"services:", b"env_file:", b"%YAML 1.1\n", b"...\n", b"\t",
)  # fmt: skip
_OPTIONS = 'envvar_prefix = "SHOP"\nsettings_files = ["settings.toml"]\n[deployments]\nproduction = ["secret.yaml", "secret.env", "deploy.yaml"]\n'
_SETTINGS = (
    '[default]\nport = 8000\nhosts = ["a"]\n[default.database]\nhost = "h"\n[production]\ndebug = false\n[staging]\n'
)


_SECRET = f"apiVersion: v1\nkind: Secret\nmetadata: {{ name: shop }}\nstringData:\n  db: {CANARY}\n"


def _attempt(root: Path, data: bytes) -> None:
    (root / "deploy.yaml").write_bytes(data)
    assay(root, {}, chosen((*CHECKS, *VALUES), data))


@contextlib.contextmanager
def opened() -> Iterator[Try]:
    """A project whose production is given its variables by the input."""
    with folder() as root:
        (root / "assay.toml").write_text(_OPTIONS)
        (root / "settings.toml").write_text(_SETTINGS)
        (root / "secret.yaml").write_text(_SECRET)
        (root / "secret.env").write_text(f"SHOP_DATABASE__PASSWORD={CANARY}\n")
        yield lambda data: _attempt(root, data)


TARGET = Target(seeds=_SEEDS, words=_WORDS, opened=opened, usual=200)
