"""Posts a plan as a comment on a pull or merge request, in place of the one that was posted before.

    python3 plan_comment.py github|gitlab FILE

It is one file that needs Python alone, so that a pipeline can have a copy. The address and the request's number are
those that the runner states (`GITHUB_API_URL`, `GITHUB_REPOSITORY`, `GITHUB_EVENT_PATH`; `CI_API_V4_URL`,
`CI_PROJECT_ID`, `CI_MERGE_REQUEST_IID`), the token stands in `PLAN_TOKEN`. Of comments that begin with the plan's first
line, which names its project, only one of the token's own account is replaced. Where it may not write, as for a fork's
request, that is told, and is no failure; so is a plan that there is none of.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

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


def account(api: str) -> Any:
    """The token's account; None for a token of GitHub's runner, which is no account's."""
    try:
        return ask("GET", f"{api}/user")["id"]
    except HTTPError as error:
        if error.code not in _REFUSED:
            raise
        return None


def earlier(url: str, text: str, author: str, is_mine: Callable[[Any], bool]) -> int | None:
    """The number of the comment that a plan replaces."""
    marker = text.partition("\n")[0]
    found = (one for one in comments(url) if one[author] and is_mine(one[author]))
    return next((int(one["id"]) for one in found if (one["body"] or "").partition("\n")[0].rstrip() == marker), None)


def github(text: str) -> None:
    """The comment on a pull request."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    api = os.environ["GITHUB_API_URL"]
    project = f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    url = f"{project}/{int(event['pull_request']['number'])}/comments"
    me = account(api)
    replaced = earlier(url, text, "user", lambda user: user["type"] == "Bot" if me is None else user["id"] == me)
    if replaced is None:
        ask("POST", url, text)
    else:
        ask("PATCH", f"{project}/comments/{replaced}", text)


def gitlab(text: str) -> None:
    """The note on a merge request."""
    api, project = os.environ["CI_API_V4_URL"], os.environ["CI_PROJECT_ID"]
    url = f"{api}/projects/{project}/merge_requests/{int(os.environ['CI_MERGE_REQUEST_IID'])}/notes"
    me = account(api)
    replaced = earlier(url, text, "author", lambda user: user["id"] == me)
    if replaced is None:
        ask("POST", url, text)
    else:
        ask("PUT", f"{url}/{replaced}", text)


def main() -> int:
    """Post the plan."""
    platform, file = sys.argv[1:]
    text = Path(file).read_text(encoding="utf-8")
    if not text.strip():
        sys.stderr.write("There is no plan to post.\n")
        return 0
    try:
        {"github": github, "gitlab": gitlab}[platform](text)
    except HTTPError as error:
        sys.stderr.write(f"The plan is no comment: the API answers {error.code} {error.reason}.\n")
        return 0 if error.code in _REFUSED else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
