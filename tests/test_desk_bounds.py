"""Odd numbers, days and signs at the desk: a word of ours in answer, never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from console.filters import filters_of, place_of
from console.forms import day_of, moment_of, numbers_in, whole_number
from console.numbers import FIGURES, LARGEST_ID, digits
from storage.bilingual import Problem
from storage.columns import utc_now
from storage.database import write
from storage.models import cases
from storage.periods import Period
from storage.statistics import work
from storage.tokens import create_token
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, post, sight

BIG = str(2**31)
LONG = "9" * 5_000


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    sight(engine, flagged(post("http://a.example/")))
    return make_desk(engine, tmp_path)


@given(st.integers(0, 10**20), st.integers(0, 12), st.integers(0, 400), st.integers(0, 400))
def test_every_figure_of_a_number_counts_against_its_bounds(n, zeros, least, most) -> None:
    typed = "0" * zeros + str(n)
    fits = len(typed) <= FIGURES and least <= n <= most
    assert digits(typed, most, least) == (n if fits else None)


@pytest.mark.parametrize(
    "typed", ["000000100", "0000059999999", "000001" + "9" * 20, LONG, "²", "١"]
)
def test_a_number_behind_zeros_passes_no_bound(typed) -> None:
    with pytest.raises(Problem):
        whole_number(typed, 1, 60, ("答复期限", "days"))
    if typed != "000000100":
        with pytest.raises(Problem):
            filters_of({"days": typed}, "wang")
    with pytest.raises(Problem):
        place_of(f"1.{LONG}")
    with pytest.raises(Problem):
        numbers_in(f"1 {LONG}")


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "1899-12-31", "x"])
def test_a_day_at_the_end_of_the_calendar_is_no_day(typed) -> None:
    with pytest.raises(Problem):
        day_of(typed)
    with pytest.raises(Problem):
        moment_of(f"{typed}T00:00", utc_now())
    assert day_of("2026-11-25") == date(2026, 11, 25)


ODD_PATHS = (
    *(f"/{room}/{number}" for room in ("cases", "bulk", "exports", "takedowns", "sweeps", "rules",
      "blacklist") for number in (BIG, "9" * 10, "9" * 30, LONG, "0")),
    *(f"/cases/1?post={number}" for number in (BIG, LONG, "²", "-1")),
    f"/cases/1/leave/{LONG}",
    f"/takedowns/items/{LONG}/answer",
    *(f"/{page}?before={LONG}" for page in ("takedowns", "exports", "packages")),
    f"/packages?case={LONG}",
    f"/packages?case={BIG}",
    *(f"/queue?{name}={value}" for name in ("days", "after", "done", "kept", "score")
      for value in (LONG, BIG, "0000059999999", "1." + BIG, "1e999", "nan")),
    *(f"/audit?{name}={value}" for name in ("since", "until")
      for value in ("0001-01-01", "9999-12-31", "x")),
    f"/audit?below={LONG}",
    f"/audit?below={2**53}",
    *(f"/statistics?period=custom&first={day}&last={day}" for day in ("0001-01-01", "9999-12-31")),
    f"/directory?below={LONG}",
    f"/directory/editions?older={LONG}&newer={BIG}",
    f"/blacklist?below={LONG}",
)  # fmt: skip


def test_no_odd_address_is_an_error_of_ours(desk) -> None:
    admin, nobody = Browser(desk).log_in("admin"), Browser(desk)
    for path in ODD_PATHS:
        assert admin.get(path).status_code < 500, path[:80]
        assert nobody.get(path).status_code < 500, path[:80]


def test_no_odd_form_is_an_error_of_ours(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/cases/1")
    said = {"verdict": "clean", "reason": "NEWS"}
    for number in (BIG, LONG, "9" * 18, str(2**63), "-1", "x"):
        forms = (
            ("/cases/1/decide", {**said, "version": number}),
            ("/cases/1/decide", {**said, "version": "0", "supersedes": number}),
            ("/cases/1/undo", {"decision": number}),
            ("/cases/1/split", {"shown": number}),
            ("/cases/1/contacts", {"why": "核对", "post": number}),
            ("/bulk", {"case": number}),
            ("/bulk", {"kin": number}),
            (f"/queue/filters/{number}/forget", {}),
            (f"/cases/{number}/claim", {}),
            ("/exports", {"kind": "brief", "days": number}),
            ("/exports", {"kind": "list", "form": "csv", "request": number}),
            ("/packages", {"case": number}),
            ("/takedowns/draft", {"cases": number}),
            ("/takedowns/1/sent", {"letter": "函1", "days": number}),
        )
        for path, form in forms:
            assert browser.post(path, form).status_code < 500, (path[:60], number[:30])


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59-23:59", "9999-12-31T23:59"])
def test_a_moment_that_no_zone_knows_is_refused(desk, at) -> None:
    browser = Browser(desk).log_in("wang")
    answer = browser.post("/takedowns/1/ack", {"receipt": "x", "at": at})
    assert answer.status_code in {404, 409}


def test_no_odd_request_of_a_program_is_an_error_of_ours(desk) -> None:
    token = create_token(desk.engine, "wang", "试", ["read", "decide", "unmask", "export"], "admin")
    headers = {"authorization": f"Bearer {token}"}
    browser = Browser(desk)
    for number in (BIG, LONG, str(2**63)):
        for path in (f"/cases/{number}", f"/exports/{number}", f"/queue?days={number}",
                     f"/exports?before={number}", f"/takedowns?before={number}"):  # fmt: skip
            answer = browser.send("GET", f"/api/v1{path}", headers=headers)
            assert 400 <= answer.status_code < 500, path[:60]
    for day in ("0001-01-01", "9999-12-31"):
        path = f"/api/v1/statistics?period=custom&first={day}&last={day}"
        assert 400 <= browser.send("GET", path, headers=headers).status_code < 500


def test_a_case_of_the_days_last_millisecond_is_counted_on_that_day(desk) -> None:
    late = datetime(2026, 11, 24, 15, 59, 59, 999_600, UTC)  # 23:59:59.9996 in Beijing
    with write(desk.engine) as connection:
        connection.execute(update(cases).values(opened_at=late))
    day = date(2026, 11, 24)
    told = work(desk.engine, Period(first=day, last=day))
    assert sum(one.found for one in told.days) == told.found == 1
    assert LARGEST_ID == 2**31 - 1
