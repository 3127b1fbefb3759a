from projects import MakeProject


def test_the_merged_schema_describes_the_settings(own: MakeProject) -> None:
    schema = own().assay("schema").json
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$defs"]["ServerSettings"]["properties"]["port"]["maximum"] == 65535


def test_a_profiles_schema_requires_nothing_and_has_a_property_for_each_section(own: MakeProject) -> None:
    schema = own().assay("schema", "--layer").json
    assert {"default", "production", "global"} <= schema["properties"].keys()
    assert all("required" not in table for table in schema["$defs"].values())
    assert {"type": "string", "pattern": "^@"}.items() <= schema["$defs"]["ServerSettings"]["properties"]["port"][
        "anyOf"
    ][-1].items()


def test_a_project_without_a_model_has_no_schema(project: MakeProject) -> None:
    ran = project({"settings.toml": ""}).assay("schema")
    assert ran.status == 2
    assert "no model" in ran.err
