"""A model may say of itself what it likes: what is no JSON Schema is the project's error."""

import pytest
from projects import MakeProject

pytestmark = pytest.mark.usefixtures("quick_models")

MODEL = """\
from pydantic import BaseModel
class Settings(BaseModel):
    port: int = 1
    @classmethod
    def model_json_schema(cls, *_, **__):
        return {schema}
"""


ODD = ['{"properties": 5}', '{"properties": {"a": 5}}', '{"properties": {"a": {"properties": 3}}}']


@pytest.mark.parametrize("schema", ODD)
def test_it_is_told_as_the_projects_error(project: MakeProject, schema: str) -> None:
    made = project({
        "assay.toml": 'schema = "described:Settings"\n', "settings.toml": "[production]\nport = 80\n",
        "described.py": MODEL.replace("{schema}", schema),
    })  # fmt: skip
    ran = made.assay("check")
    assert (ran.status, "what is no JSON Schema" in ran.err) == (2, True)
    assert made.assay("show", "production").status == 0
