"""Lookups of the desk: channels, rules and any text tried on them, sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.desk_lookups import tooled_desk
from tests.desk_site import Browser, staff


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


PAGES = ("/directory", "/blacklist", "/channels", "/rules", "/sources", "/sweeps", "/users", "/audit", "/directory/import","/rules/b4_02_guaranteed_pass","/users/wang")

@pytest.mark.parametrize("path", PAGES)
def test_smoke(desk, path):
    b = Browser(desk).log_in("admin")
    a = b.get(path)
    assert a.status_code == 200, a.text[-3000:]
