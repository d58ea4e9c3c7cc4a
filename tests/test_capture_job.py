"""取证 ordered at the desk: the case's pages are captured whole, then its package is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

import door.capture_job
from door.capture_run import Outside
from door.export_jobs import Shop, run_waiting
from door.settings import read_settings
from storage.captures import captures_of_case
from storage.database import read
from storage.export_jobs import CAPTURE, JobState, Order, get_job, place_order
from tests.capture_stage import Theatre
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, post, sight
from tests.takedown_makers import decided

URL = "http://peixun.test/a"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre({"/a": "<h1>月嫂证包过</h1>"}) as one:
        yield one


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, theatre: Theatre, monkeypatch) -> Shop:
    @contextmanager
    def outside() -> Iterator[Outside]:
        yield Outside(routes={"*.test": f"127.0.0.1:{theatre.port}"}, delay=0.0)

    monkeypatch.setattr(door.capture_job, "sample_outside", outside)
    return Shop(engine=engine, settings=read_settings({"CERTSWEEP_HOME": str(tmp_path)}))


def ordered(shop: Shop) -> str:
    number = place_order(shop.engine, Order(kind="evidence", form=CAPTURE, case_id=1), "wang")
    run_waiting(shop, "test")
    job = get_job(shop.engine, number)
    assert job.state is JobState.DONE, job.why
    return job.why.zh


def test_the_pages_of_the_case_are_captured_before_its_package_is_made(shop: Shop) -> None:
    sight(shop.engine, flagged(post(URL, url_found=URL)))
    sight(shop.engine, flagged(post("http://other.test/a", author="另一家"), seed=9))
    said = ordered(shop)
    assert "取证 1 页：完整 1" in said
    assert "EV-1-" in said
    with read(shop.engine) as connection:
        (capture,) = captures_of_case(connection, 1)
    assert (capture.url, capture.asked_by) == (URL, "wang")


def test_what_is_captured_already_is_not_taken_again_and_that_is_said(shop: Shop) -> None:
    sight(shop.engine, flagged(post(URL, url_found=URL)))
    ordered(shop)
    assert "没有还要取证的涉嫌网页" in ordered(shop)
    with read(shop.engine) as connection:
        assert len(captures_of_case(connection, 1)) == 1


def test_it_is_ordered_from_the_case_with_its_number_filled_in(
    engine: Engine, tmp_path: Path
) -> None:
    staff(engine)
    desk = make_desk(engine, tmp_path)
    case = decided(engine)
    wang = Browser(desk).log_in("wang")
    page = wang.get(f"/cases/{case}").text
    assert f'href="/packages?case={case}&amp;capture=1"' in page
    assert f'href="/takedowns?case={case}#draft-title"' in page
    form = wang.get(f"/packages?case={case}&capture=1").text
    assert f'name="case" inputmode="numeric" maxlength="9" value="{case}"' in form
    assert 'name="capture" value="1" checked' in form
    place = wang.post("/packages", {"case": str(case), "capture": "1", "why": "移送公安"}).headers[
        "location"
    ]
    assert get_job(engine, int(place.rpartition("/")[2])).order.form == CAPTURE
    assert "取证并制作证据包" in wang.get(place).text
    assert (
        f'name="cases" maxlength="2000" value="{case}"' in wang.get(f"/takedowns?case={case}").text
    )


def test_a_case_that_is_no_violation_offers_no_draft(engine: Engine, tmp_path: Path) -> None:
    staff(engine)
    sight(engine, flagged(post(URL)))
    page = Browser(make_desk(engine, tmp_path)).log_in("wang").get("/cases/1").text
    assert "取证并制作证据包" in page
    assert "起草处置请求" not in page
