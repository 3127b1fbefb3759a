"""The routes. They read files while the loop waits: quicker here than a thread for each request, which was measured."""

import hashlib
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from benchmarks.reference.report import Report, validate
from benchmarks.reference.settings import Settings

TOKENS = Settings().auth.tokens

app = FastAPI()


async def viewer(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> None:
    """Lets the bearer of a known token pass."""
    digest = hashlib.sha256(bearer.credentials.encode()).hexdigest()
    if not any(secrets.compare_digest(token.sha256, digest) for token in TOKENS):
        raise HTTPException(401, "unauthorized", {"WWW-Authenticate": "Bearer"})


@app.get("/health/live")
async def live() -> dict[str, str]:
    """Whether it answers at all."""
    return {"status": "ok"}


@app.get("/config/validate", dependencies=[Depends(viewer)])
async def validation() -> Report:
    """The verdict on the active environment, as its files and variables are now."""
    return validate()
