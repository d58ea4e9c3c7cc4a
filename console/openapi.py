"""The OpenAPI document of `/api/v1`, made from the endpoints themselves."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

ABOUT = """Everything the desk's pages do, as JSON, under the same rules.

Make a token with `certsweep token create`, send it as `Authorization: Bearer TOKEN`. A token acts
as its account, as far as its scopes reach. Errors come in Chinese and English: what happened, what
was kept, what to do. A call that was sent twice decides once: the second finds another `version`.
"""


def described(app: FastAPI) -> dict[str, Any]:
    """Pages are not in it: their routers say `include_in_schema=False`."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title="certsweep",
            version="1",
            openapi_version="3.1.0",
            description=ABOUT,
            routes=app.routes,
        )
    return app.openapi_schema


def printed(app: FastAPI) -> str:
    """As it stands in `docs/openapi.json`."""
    return json.dumps(described(app), ensure_ascii=False, indent=1) + "\n"
