"""REST and the page say of a URL that cannot be read what `assay check` and `assay db` say: see diagnostics."""

import json
from typing import Any

import pytest
from unusable_urls import BELOW, CANARY, UNUSABLE

from app.core.errors import TargetError
from app.database.fields import target_from_fields


def refusal(url: str) -> TargetError:
    with pytest.raises(TargetError) as caught:
        target_from_fields({"url": url})
    return caught.value


@pytest.mark.parametrize(("url", "advice"), UNUSABLE.values(), ids=UNUSABLE)
async def test_rest_and_page_give_the_same_answer(own: Any, ask: Any, url: str, advice: str) -> None:
    files = {"settings.toml": BELOW, ".secrets.toml": f'[production.database]\nurl = "{url}"\n'}
    said = refusal(url)
    async with ask(own(files).root) as client:
        report = (await client.get("/config/validate?environment=production")).json()
        asked = await client.post("/config/database/test", json={"environment": "production"})
        typed = await client.post("/config/database/test", json={"url": url})
        explained = (await client.get("/config/explain/database.host?environment=production")).json()
        found = await client.get("/?view=findings&environment=production")
        panel = await client.get("/?view=matrix&key=database.host&environment=production")
    (finding,) = [one for one in report["environments"][0]["findings"] if one["rule"] == "DB015"]
    assert advice in finding["fix"]
    assert finding["fix"] == said.fix
    for answer in (asked, typed):
        assert (answer.status_code, answer.json()["code"]) == (422, "target-invalid")
        assert said.message in answer.json()["detail"]
        assert {error["key"] for error in answer.json()["errors"]} == {*said.errors}
    assert (explained["leaves"][0]["unresolved"], explained["leaves"][0]["value"]) == (True, None)
    assert "cannot be read" in explained["leaves"][0]["reason"]
    assert "DB015" in found.text
    assert "cannot be read" in panel.text
    for text in (json.dumps(report), asked.text, typed.text, json.dumps(explained), found.text, panel.text):
        assert CANARY not in text
