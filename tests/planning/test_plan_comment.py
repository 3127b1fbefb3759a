"""The action and the script that post a plan, run against an API on loopback: the comment is replaced, not repeated."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from histories import commit, history

from app.formats.plan_markdown import MARKER

REPOSITORY = Path(__file__).parents[2]


class Api(ThreadingHTTPServer):
    """Comments of one request, as GitHub and GitLab serve them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict[str, Any]] = []
        self.refused = 0
        self.is_runner = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, body: str | None, *, bot: bool) -> None:
        by = {"type": "Bot" if self.is_runner and bot else "User", "id": 7 if bot else 8}
        self.bodies.append({"id": len(self.bodies) + 1, "body": body, "user": by, "author": by})


class Handler(BaseHTTPRequestHandler):
    server: Api

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        del format, args

    def answer(self, document: Any, status: int = 200) -> None:
        raw = json.dumps(document).encode()
        self.send_response(self.server.refused or status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def body(self) -> str:
        assert self.headers["Authorization"] == "Bearer canary-plan-token"
        text: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return text

    def do_GET(self) -> None:
        if self.path.endswith("/user"):
            return self.answer({"id": 7}, 403 if self.server.is_runner else 200)
        page = int(re.findall(r"[?&]page=(\d+)", self.path)[0])
        return self.answer(self.server.bodies[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        text = self.body()
        if not self.server.refused:
            self.server.add(text, bot=True)
        self.answer({}, 201)

    def do_PATCH(self) -> None:
        self.server.bodies[int(self.path.rpartition("/")[2]) - 1]["body"] = self.body()
        self.answer({})

    def do_PUT(self) -> None:
        self.do_PATCH()


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


def environ(api: Api, folder: Path) -> dict[str, str]:
    (folder / "event.json").write_text(json.dumps({"pull_request": {"number": 5}}))
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder),
        "PLAN_TOKEN": "canary-plan-token",
        "GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": "o/r", "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "CI_API_V4_URL": api.url, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "5",
        "RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "PLAN_SCRIPT": str(REPOSITORY / "deploy/plan_comment.py"),
    }  # fmt: skip


def posted(platform: str, text: str, variables: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "plan.md").write_text(text)
    command = [sys.executable, str(REPOSITORY / "deploy/plan_comment.py"), platform, str(folder / "plan.md")]
    return subprocess.run(command, env=variables, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(("platform", "is_runner"), [("github", True), ("github", False), ("gitlab", False)])
def test_the_comment_is_replaced_and_nobody_elses_is(
    api: Api, tmp_path: Path, platform: str, *, is_runner: bool
) -> None:
    variables, api.is_runner = environ(api, tmp_path), is_runner
    for _ in range(120):
        api.add("another", bot=False)
    api.add(None, bot=True)
    api.bodies[-1] |= {"user": None, "author": None}
    api.add(f"{MARKER}\nby a person", bot=False)
    assert posted(platform, f"{MARKER}\nfirst", variables, tmp_path).returncode == 0
    assert posted(platform, f"{MARKER}\nsecond", variables, tmp_path).returncode == 0
    assert [one["body"] for one in api.bodies[121:]] == [f"{MARKER}\nby a person", f"{MARKER}\nsecond"]


@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_each_project_of_a_repository_has_a_comment_of_its_own(api: Api, tmp_path: Path, platform: str) -> None:
    root, variables = tmp_path / "clone", environ(api, tmp_path)
    names = ["orders", "bil ling-->@ada"]
    files = {f"{name}/settings.toml": "[default]\na = 1\n" for name in names}
    history(root, files | {f"{name}/assay.toml": "" for name in names})
    for text in ("[default]\na = 2\n", "[default]\na = 3\n"):
        for name in names:
            (root / name / "settings.toml").write_text(text)
            asked = ["assay", "plan", "--project", name, "--format", "markdown"]
            plan = subprocess.run(asked, cwd=root, env=variables, check=True, capture_output=True)
            assert posted(platform, plan.stdout.decode(), variables, tmp_path).returncode == 0
    (one, other) = (comment["body"] for comment in api.bodies)
    assert one.startswith("<!-- assay plan orders -->\n")
    assert other.startswith("<!-- assay plan bil%20ling--%3E%40ada -->\n")
    assert "<code>3</code>" in one
    assert "<code>3</code>" in other


@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_where_there_is_no_plan_nothing_is_posted(api: Api, tmp_path: Path, platform: str) -> None:
    ran = posted(platform, "", environ(api, tmp_path), tmp_path)
    assert (ran.returncode, ran.stderr, api.bodies) == (0, "There is no plan to post.\n", [])


def test_a_token_that_may_not_write_fails_nothing(api: Api, tmp_path: Path) -> None:
    api.refused = 403
    ran = posted("github", f"{MARKER}\nx", environ(api, tmp_path), tmp_path)
    assert (ran.returncode, "403" in ran.stderr) == (0, True)
    api.refused = 500
    assert posted("github", f"{MARKER}\nx", environ(api, tmp_path), tmp_path).returncode == 1


def test_the_action_posts_the_plan_and_ends_as_it_does(api: Api, tmp_path: Path) -> None:
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    (step,) = action["runs"]["steps"]
    root = tmp_path / "orders"
    history(root, {"settings.toml": "[default]\na = 1\n[production]\ndebug = false\n"})
    commit(root, {"settings.toml": "[default]\na = 1\n[production]\ndebug = true\n"})
    inputs = {"PLAN_BASE": "HEAD~1..HEAD", "PLAN_PROJECT": ".", "PLAN_FAIL_LEVEL": "error"}
    assert {*inputs, "PLAN_TOKEN", "PLAN_SCRIPT"} == step["env"].keys()
    ran = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=root, env=environ(api, tmp_path) | inputs, check=False)  # noqa: S607
    assert ran.returncode == 1
    (comment,) = api.bodies
    assert "APP001" in comment["body"]
    assert comment["body"] == (tmp_path / "summary.md").read_text()
    gone = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=root, check=False, capture_output=True,  # noqa: S607
                          env=environ(api, tmp_path) | inputs | {"PLAN_BASE": "--output=x"})  # fmt: skip
    assert (gone.returncode, len(api.bodies)) == (2, 1)
