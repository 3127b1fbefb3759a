"""Makes the pictures: each view in light and in dark, on a desk and in a hand."""

import sys
import tempfile
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks import chromium
from benchmarks.servers import REPOSITORY, TOKEN, Server, assay
from docs.screenshots.camera import LOOKS, Camera, Look
from docs.screenshots.demonstration import Demonstration
from docs.screenshots.instances import ENVIRONMENT, running
from docs.screenshots.service import prepared
from docs.screenshots.views import View, is_live, is_lost, sign_in, views

_PATIENCE_MILLISECONDS = 30_000
_UNUSABLE = 2


def make(folder: Path, program: str) -> None:
    """Makes all the pictures in a folder.

    Args:
        folder: where they go.
        program: the browser.
    """
    with prepared() as (project, target, environ), chromium.opened(program) as browser, ExitStack() as windows:
        with assay(project.root, level="info", environ=environ) as server:
            camera = _camera(browser, server, project, folder)
            windows.enter_context(running(camera.url))
            for (name, view), look in product(views(target).items(), LOOKS):
                _show(camera, name, view, look)
            for look in LOOKS:
                _edit(camera, look)
            left = {look: windows.enter_context(camera.window(look)) for look in LOOKS}
            for page in left.values():
                page.goto("/?view=matrix")
                is_live(page)
        for look, page in left.items():
            is_lost(page)
            camera.take(page, "service-lost", look)


def _camera(browser: Browser, server: Server, project: Demonstration, folder: Path) -> Camera:
    """Signs in, tests two connections, which the history then knows, and makes two releases."""
    url = f"http://127.0.0.1:{server.port}"
    with browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, TOKEN)
        is_live(page)
        csrf = str(page.locator("meta[name=csrf]").get_attribute("content"))

        def post(path: str, data: dict[str, str]) -> None:
            page.request.post(path, data=data, headers={"X-CSRF-Token": csrf, "Origin": url}, fail_on_status_code=True)

        for environment in ("development", "staging"):
            post("/config/database/test", {"environment": environment})
        post("/releases", {"environment": ENVIRONMENT, "message": "As it was deployed"})
        page.goto("/?view=releases&environment=staging")
        is_live(page)
        project.replace("express_checkout = true", "express_checkout = false", ENVIRONMENT)
        expect(page.locator("tr[data-key='features.express_checkout']")).to_be_visible()
        post("/releases", {"environment": ENVIRONMENT, "message": "The shop is not ready for it"})
        return Camera(browser=browser, url=url, session=context.storage_state(), project=project, folder=folder)


def _show(camera: Camera, name: str, view: View, look: Look) -> None:
    with camera.window(look, stranger=view.stranger) as page:
        page.goto(view.path)
        view.arrive(page)
        camera.take(page, name, look)


def _edit(camera: Camera, look: Look) -> None:
    """Somebody edits a profile while the matrix is looked at."""
    with camera.window(look) as page:
        page.goto("/?view=matrix&environment=production&filter=database.pool")
        is_live(page)
        size = int(page.locator("tr[data-k='database.pool.size'] td").inner_text())
        camera.project.replace(f"size = {size}", f"size = {size + 5}")
        expect(page.locator("#told")).to_contain_text(f"{size + 5}")
        camera.take(page, "live", look)


def main(arguments: list[str]) -> int:
    """Makes the pictures in the folder that is named, else in a new one, whose name is the last word."""
    folder = Path(arguments[0]) if arguments else Path(tempfile.mkdtemp(prefix="assay-screenshots-"))
    if folder.resolve().is_relative_to(REPOSITORY.resolve()):
        return _refuse(
            f"{folder} is in the repository: name a folder outside it, as in make screenshots TO=/tmp/assay."
        )
    program = chromium.find()
    if program is None:
        return _refuse(f"Pictures are made with Chromium, and none of {', '.join(chromium.NAMES)} is here.")
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=_PATIENCE_MILLISECONDS)
    make(folder, program)
    sys.stdout.write(f"{folder}\n")
    return 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return _UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
