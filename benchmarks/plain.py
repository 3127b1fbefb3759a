"""A bare Litestar route: what the framework and the server cost before anything is answered."""

from litestar import Litestar, MediaType, get


@get("/", media_type=MediaType.TEXT)
async def plain() -> str:
    """The least there is to answer."""
    return "OK"


app = Litestar([plain], openapi_config=None, logging_config=None)
