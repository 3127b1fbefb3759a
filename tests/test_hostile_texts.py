"""Texts that make an expression look at the same letters again and again: a megabyte is read in one pass."""

from collections.abc import Callable

import pytest
from projects import MakeProject

from app.core import dsn
from app.core.secrecy.plain import resembles
from app.deployments.docker.dockerfile import read_dockerfile
from app.deployments.docker.interpolation import interpolated
from app.deployments.environ_dump import read_dump
from app.deployments.expanding import ExpansionRoom
from app.rules.kit.connection_urls import read_url
from app.rules.kit.development_keys import is_made_for_development
from app.sources.toml.headers import section_names

SIZE = 1_000_000


def many(piece: str) -> str:
    return piece * (SIZE // len(piece))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (is_made_for_development, f"your-{many('a_')}"),
        (is_made_for_development, many("your_")),
        (read_url, f"Server=db;{many(' ')}"),
        (read_url, f"Server=db;{many('a ')}"),
        (read_url, f"Server=db;{many('a={;')}"),
        (dsn.mask, f"password=x;{many(' ')}"),
        (section_names, f"[a{many(' ')}!]"),
        (lambda text: read_dump(text, "env"), f"A=1\ndeclare -{many('x')}\n"),
        (lambda text: read_dockerfile(text, "Dockerfile"), f"# a=x{many(' ')}y\nFROM x\n"),
        (lambda text: interpolated(text, {}, ExpansionRoom()), many("${A:-b}")),
        (lambda text: resembles(text, ["canary-secret"]), f"{many('zaZzaAZzz')}!"),
    ],
)
def test_a_megabyte_is_read_in_one_pass(read: Callable[[str], object], text: str) -> None:
    """One that is not would not come to an end here."""
    read(text)


def test_references_without_an_end_are_read_in_one_pass(project: MakeProject) -> None:
    services = f"services:\n  api:\n    environment:\n      DYNACONF_K: {'${A:-' * 100_000}\n"
    options = 'settings_files = ["settings.toml"]\ndeployments = { production = "compose.yaml" }\n'
    made = project({"assay.toml": options, "settings.toml": "[production]\na = 1\n", "compose.yaml": services})
    assert made.assay("check").status in {0, 1}
