"""The API's own description, as OpenAPI; open to everybody, it holds nothing but names."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from console.bearer import VERSION
from console.openapi import described

router = APIRouter(include_in_schema=False)


@router.get(f"{VERSION}/openapi.json")
def document(request: Request) -> dict[str, Any]:
    return described(request.app)
