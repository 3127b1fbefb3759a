"""Posts a plan as a comment on a pull or merge request, in place of the one that was posted before.

    python3 plan_comment.py github|gitlab FILE

It is one file that needs Python alone, so that a pipeline can have a copy. The address and the request's number are
those that the runner states (`GITHUB_API_URL`, `GITHUB_REPOSITORY`, `GITHUB_EVENT_PATH`; `CI_API_V4_URL`,
`CI_PROJECT_ID`, `CI_MERGE_REQUEST_IID`), the token stands in `PLAN_TOKEN`. Of comments with the marker only one of the
token's own account is replaced. Where it may not write, as for a fork's request, that is told, and is no failure.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MARKER = "<!-- assay plan -->"
_PAGE = 100
_PAGES = 50
_REFUSED = {401, 403, 404}
_SECONDS = 60


def ask(method: str, url: str, body: str | None = None) -> Any:
    """The answer of the API as JSON.

    Raises:
        HTTPError: it refuses.
    """
    if not url.startswith(("https://", "http://")):
        message = f"{url} is no address of an API"
        raise ValueError(message)
    data = None if body is None else json.dumps({"body": body}).encode()
    headers = {"Authorization": f"Bearer {os.environ['PLAN_TOKEN']}", "Content-Type": "application/json"}
    with urlopen(Request(url, data, headers, method=method), timeout=_SECONDS) as answer:  # noqa: S310 - looked at above
        return json.load(answer)


def comments(url: str) -> Iterator[Any]:
    """Every comment of a request, page by page."""
    for page in range(1, _PAGES + 1):
        found = ask("GET", f"{url}?per_page={_PAGE}&page={page}")
        yield from found
        if len(found) < _PAGE:
            return


def github(text: str) -> None:
    """The comment on a pull request."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    project = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    all_of_it = f"{project}/{int(event['pull_request']['number'])}/comments"
    mine = (one for one in comments(all_of_it) if one["user"]["type"] == "Bot")
    earlier = next((one for one in mine if one["body"].startswith(MARKER)), None)
    if earlier:
        ask("PATCH", f"{project}/comments/{int(earlier['id'])}", text)
    else:
        ask("POST", all_of_it, text)


def gitlab(text: str) -> None:
    """The note on a merge request."""
    api, project = os.environ["CI_API_V4_URL"], os.environ["CI_PROJECT_ID"]
    all_of_it = f"{api}/projects/{project}/merge_requests/{int(os.environ['CI_MERGE_REQUEST_IID'])}/notes"
    me = ask("GET", f"{api}/user")["id"]
    mine = (one for one in comments(all_of_it) if one["author"]["id"] == me)
    earlier = next((one for one in mine if one["body"].startswith(MARKER)), None)
    if earlier:
        ask("PUT", f"{all_of_it}/{int(earlier['id'])}", text)
    else:
        ask("POST", all_of_it, text)


def main() -> int:
    """Post the plan."""
    platform, file = sys.argv[1:]
    try:
        {"github": github, "gitlab": gitlab}[platform](Path(file).read_text(encoding="utf-8"))
    except HTTPError as error:
        sys.stderr.write(f"The plan is no comment: the API answers {error.code} {error.reason}.\n")
        return 0 if error.code in _REFUSED else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
