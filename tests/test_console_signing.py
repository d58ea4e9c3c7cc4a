"""What a signer and a clerk need on the page of one request: what was decided, and its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from door.export_jobs import Shop, run_waiting
from door.settings import read_settings
from storage.export_jobs import JobState, get_job, list_jobs
from storage.takedowns import get_request
from tests.desk_site import Browser, make_desk, staff
from tests.takedown_makers import decided


@pytest.fixture
def kind() -> str:
    """Pages ask storage, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    decided(engine)
    return make_desk(engine, tmp_path)


def run(desk) -> None:
    home = {"CERTSWEEP_HOME": str(desk.exports.parent)}
    run_waiting(Shop(engine=desk.engine, settings=read_settings(home)), "t")


def test_a_request_shows_what_was_decided_of_each_item_and_why(desk) -> None:
    wang, qian = Browser(desk).log_in("wang"), Browser(desk).log_in("qian")
    wang.post("/takedowns/draft", {"sure": "1"})
    page = qian.get("/takedowns/1").text
    for words in ("涉嫌条款", "B4-02", "包过", "审核"):
        assert words in page


@pytest.mark.parametrize("form", ["letter", "xlsx", "12377"])
def test_a_request_to_a_site_has_its_files_made_from_its_page(desk, form: str) -> None:
    wang = Browser(desk).log_in("wang")
    wang.post("/takedowns/draft", {"sure": "1"})
    assert f'name="form" value="{form}"' in wang.get("/takedowns/1").text
    answer = wang.post("/exports", {"kind": "list", "form": form, "request": "1"})
    assert answer.status_code == 303
    run(desk)
    (job,) = list_jobs(desk.engine)
    assert (job.state, len(job.files)) == (JobState.DONE, 1)
    assert job.files[0].rows == 1
    assert get_request(desk.engine, 1).request_no in wang.get(f"/exports/{job.id}").text


def test_letters_to_sites_are_one_for_each_site(desk) -> None:
    wang = Browser(desk).log_in("wang")
    order = {"kind": "list", "form": "letter", "platform": "web"}
    assert wang.post("/exports", order).status_code == 303
    run(desk)
    (job,) = list_jobs(desk.engine)
    assert [file.rows for file in job.files] == [1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"site": "nowhere.example"}, "没有网站"), ({"request": "77"}, "没有编号为 77")],
)
def test_a_site_or_request_that_is_not_there_is_told(desk, asked, words: str) -> None:
    wang = Browser(desk).log_in("wang")
    wang.post("/exports", {"kind": "list", "form": "letter", **asked})
    run(desk)
    (job,) = list_jobs(desk.engine)
    assert get_job(desk.engine, job.id).state is JobState.FAILED
    assert words in wang.get(f"/exports/{job.id}").text


@pytest.mark.parametrize("typed", ["x", "-1", "0", "9" * 30])
def test_a_request_s_number_that_is_none_is_told(desk, typed: str) -> None:
    wang = Browser(desk).log_in("wang")
    order = {"kind": "list", "form": "letter", "request": typed}
    assert wang.post("/exports", order).status_code == 409
    assert list_jobs(desk.engine) == []


def test_a_decided_case_shows_its_verdict_in_the_list_and_on_top(desk) -> None:
    wang = Browser(desk).log_in("wang")
    assert "<b>违规</b>" in wang.get("/queue?view=decided").text
    assert "<b>违规</b>" in wang.get("/cases/1").text


def test_whoever_is_logged_in_keeps_the_bar_on_a_page_that_is_not_there(desk) -> None:
    page = Browser(desk).log_in("wang").get("/nothing")
    assert page.status_code == 404
    assert 'href="/takedowns"' in page.text
    assert 'href="/takedowns"' not in Browser(desk).get("/nothing").text
