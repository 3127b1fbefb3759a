import pytest
from pydantic import ValidationError

from app.modelling.document import _sections, described, descriptions
from app.settings import Settings


def test_every_setting_has_a_description() -> None:
    for section in _sections(Settings):
        assert descriptions(section).keys() == section.model_fields.keys(), section.__name__


def test_the_schema_carries_the_descriptions() -> None:
    port = described(Settings)["$defs"]["ServerSettings"]["properties"]["port"]
    assert port["description"] == "The TCP port to listen on."


def test_secrets_do_not_show_in_a_representation() -> None:
    settings = Settings.model_validate({"database": {"host": "db", "password": "canary-1"}})
    assert "canary" not in repr(settings)


def token(**fields: object) -> dict[str, object]:
    return {"auth": {"tokens": [{"name": "t", "sha256": "0" * 64, **fields}]}}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"role": "client"}, "a client is bound to environments"),
        ({"role": "client", "environments": []}, "a client is bound to environments"),
        ({"role": "viewer", "environments": ["staging"]}, "a viewer may ask for all"),
        ({"role": "operator", "environments": ["staging"]}, "an operator may ask for all"),
    ],
)
def test_clients_alone_are_bound_to_environments(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Settings.model_validate(token(**fields))


def test_a_client_names_its_environments() -> None:
    made = Settings.model_validate(token(role="client", environments=["staging"])).auth.tokens[0]
    assert (made.environments, made.projects) == (["staging"], [])
