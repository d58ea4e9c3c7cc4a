"""Where a form leads back to: the page it stands on, never an address that only takes forms.

A refused form is shown at the address it was sent to; a link or a reload of that would be a 405.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request
from fastapi.routing import APIRoute


def page_at(request: Request, path: str) -> str:
    """The path, or the nearest above it that is a page of the desk; "" for none."""
    while path.strip("/"):
        if is_page(request.app.state.ways, path):
            return path
        path = path.rpartition("/")[0]
    return ""


def is_page(ways: Sequence[APIRoute], path: str) -> bool:
    """Whether the browser can ask for it; not where that would be another page than the form's, as
    /rules/try would be of a rule called so."""
    shown, sent = (pattern_of(ways, path, method) for method in ("GET", "POST"))
    return shown is not None and sent in {None, shown}


def pattern_of(ways: Sequence[APIRoute], path: str, method: str) -> str | None:
    found = (one for one in ways if method in (one.methods or ()) and one.path_regex.match(path))
    return next((one.path for one in found), None)
