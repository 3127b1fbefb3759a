"""`GET /config/usage`, and the page's explanation and matrix: what code reads."""

from typing import Any

from projects import MakeProject

from app.checking.usage import usage
from app.reports import wire

FILES = {
    "config.py": 'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"])\n',
    "cache.py": "from config import settings\nprint(settings.redis.port)\n",
    "settings.toml": "[redis]\nport = 1\nhots = 2\nold = 1\n",
}


async def test_rest_and_the_page_say_the_same(project: MakeProject, ask: Any) -> None:
    shop = project(FILES)
    async with ask(shop.root) as client:
        assert (await client.get("/config/usage")).content == wire.encode(usage(shop.workspace()))
        panel = (await client.get("/?view=matrix&key=redis.port")).text
        assert "Read at <code><bdi>cache.py:2</bdi></code>" in panel
        matrix = (await client.get("/?view=matrix&only=unread")).text
        assert 'data-k="redis.old" class="same unread' in matrix
        assert "2 of 3 keys" in matrix
