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
