"""A project with a broken file, asked through every door: REST, the page, metrics."""

from typing import Any

from markup import parsed
from projects import MakeProject

FILES = {
    "assay.toml": 'settings_files = ["settings.toml"]\n',
    "settings.toml": "[default]\nport = 1\n\n[development]\nname = 'here'\n\n[production]\nport = 2\n",
}
BROKEN = {"settings.toml": FILES["settings.toml"].replace("port = 2", 'port = "2')}
REASON = "settings.toml:8 does not parse"


async def test_rest_the_page_and_the_metrics_say_that_nothing_is_judged(project: MakeProject, ask: Any) -> None:
    async with ask(project({**FILES, **BROKEN}).root) as client:
        one = (await client.get("/config/validate")).json()
        everything = (await client.get("/config/validate?environment=all")).json()
        listing = (await client.get("/config/environments")).json()
        named = (await client.get("/config/validate?environment=production")).json()
        page = parsed((await client.get("/", headers={"Accept": "text/html"})).text)
        metrics = (await client.get("/metrics")).text

    assert not one["valid"]
    for found in (*everything["environments"], *listing["environments"], *named["environments"]):
        assert (found["judged"], found["valid"], found["reason"]) == (False, False, REASON)
    assert [finding["rule"] for finding in named["findings"]] == ["SRC002"]
    cards = page.all("li", class_="card")
    assert [card.one(class_="verdict").text for card in cards] == ["not judged", "not judged"]
    assert all(REASON in card.text for card in cards)
    assert 'assay_environment_not_judged{environment="production"} 1.0' in metrics


async def test_the_matrix_keeps_the_last_good_values_below_a_banner_until_the_file_is_whole(
    project: MakeProject, ask: Any
) -> None:
    made = project(FILES)
    async with ask(made.root) as client:
        good = parsed((await client.get("/?view=matrix")).text)
        async with client.change():
            made.write(BROKEN)
        fallen = parsed((await client.get("/?view=matrix&key=port&environment=production")).text)
        async with client.change():
            made.write(FILES)
        back = parsed((await client.get("/?view=matrix")).text)

    assert good.all(class_="not-judged") == []
    banner = " ".join(fallen.one(class_="not-judged").text.split())
    assert banner.startswith(f"Not judged: development, production, because {REASON}. The values are those last known")
    rows = {row["data-k"]: [cell.text for cell in row.all("td")] for row in fallen.all("tr") if row["data-k"]}
    assert rows == {row["data-k"]: [cell.text for cell in row.all("td")] for row in good.all("tr") if row["data-k"]}
    assert {link.text for link in fallen.all("a", class_="verdict")} == {"not judged"}
    assert "2" in fallen.one("aside", id="panel").text
    assert back.all(class_="not-judged") == []


async def test_a_service_that_never_read_the_file_whole_says_that_something_is_missing(
    project: MakeProject, ask: Any
) -> None:
    async with ask(project({**FILES, **BROKEN}).root) as client:
        page = parsed((await client.get("/?view=matrix")).text)

    assert "What is shown is not all that they have." in page.one(class_="not-judged").text


async def test_values_the_matrix_differences_and_explanations_say_that_they_are_not_all(
    project: MakeProject, ask: Any
) -> None:
    made = project({**FILES, **BROKEN})
    made.write({".secrets.toml": "[development]\nport = 9\n", "assay.toml": ""})
    async with ask(made.root) as client:
        one = "environment=development"
        for path in (f"values?{one}", "diff?left=development&right=production", f"explain/port?{one}"):
            found = (await client.get(f"/config/{path}")).json()
            assert (found["judged"], found["reason"]) == (False, REASON)
        found = (await client.get("/config/matrix")).json()
        assert (found["judged"], found["unjudged"]) == (False, {"development": REASON, "production": REASON})
        async with client.change():
            made.write(FILES)
        found = (await client.get("/config/matrix")).json()
        assert found["judged"]
        assert "unjudged" not in found
