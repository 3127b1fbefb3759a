from projects import MakeProject


def test_a_prefix_that_is_named_later_wins(project: MakeProject) -> None:
    made = project({"assay.toml": 'envvar_prefix = "ONE,DYNACONF"\n', "settings.toml": "[default]\nport = 1\n"})
    document = made.assay("show", "--format", "json", ONE_PORT="2", DYNACONF_PORT="3").json
    assert [(value["value"], value["origin"]["name"]) for value in document["values"]] == [(3, "DYNACONF_PORT")]
