"""The directory at the desk: found by its words, imported only after its differences were seen."""

from __future__ import annotations

import io
import os
import re
import time
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from console.forms import today
from storage.audit import lines
from storage.bilingual import Problem
from storage.directory import Source, add_edition, editions
from storage.directory_search import ROWS, Wanted, search
from storage.records import FiledKind
from tests.desk_lookups import filing, some_edition, tooled_desk
from tests.desk_site import Browser, staff

HEAD = "机构名称,职业,等级,类别,备案编号,有效期\n"
GOOD = (
    HEAD + "郑州市安居学校,电工,五级、四级,S,S410100000001,2027-01-01\n郑州市新学校,焊工,五级,S,,\n"
)
TOKEN = re.compile(r"/directory/import/([0-9a-f]{32})")


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


def upload(browser: Browser, text: str | bytes, name: str = "郑州.csv", **form: str):
    browser.get("/directory/import")
    data = text if isinstance(text, bytes) else text.encode()
    sent = {"csrf": browser.csrf, "name": "郑州", **form}
    return browser.send("POST", "/directory/import", data=sent, files={"file": (name, data)})


def token_of(answer) -> str:
    assert answer.status_code == 303, answer.text
    return TOKEN.search(answer.headers["location"])[1]


# ---- search -------------------------------------------------------------------------------------


def test_bodies_are_found_by_name_number_occupation_kind_region_and_day(engine: Engine) -> None:
    now = today()
    some_edition(
        engine,
        [
            filing("郑州市安居学校", filing_no="S410100000001", valid_to=now + timedelta(days=5)),
            filing("郑州市安居学校", occupation="焊工", valid_to=now - timedelta(days=1)),
            filing("开封市百分百%学校", region="开封市", valid_to=now - timedelta(days=1)),
            filing("河南示例钢厂", kind=FiledKind.EMPLOYER, trade="高压电工"),
            filing("洛阳市远期学校", valid_to=now + timedelta(days=300)),
        ],
    )
    every = {
        "郑州市安居学校": "soon",
        "开封市百分百%学校": "expired",
        "河南示例钢厂": "open",
        "洛阳市远期学校": "valid",
    }
    found = {one.body: one.state for one in search(engine, Wanted(), now).bodies}
    assert found == every
    for wanted, names in (
        (Wanted(text="安居"), {"郑州市安居学校"}),
        (Wanted(text="s410100000001"), {"郑州市安居学校"}),
        (Wanted(text="焊工"), {"郑州市安居学校"}),
        (Wanted(text="高压"), {"河南示例钢厂"}),
        (Wanted(text="%"), {"开封市百分百%学校"}),
        (Wanted(text="_"), set()),
        (Wanted(kind="Y"), {"河南示例钢厂"}),
        (Wanted(region="开封"), {"开封市百分百%学校"}),
        (Wanted(text="电工", state="expired"), {"开封市百分百%学校"}),
    ):
        assert {one.body for one in search(engine, wanted, now).bodies} == names, wanted
    for state in set(every.values()):
        only = {name for name, other in every.items() if other == state}
        assert {one.body for one in search(engine, Wanted(state=state), now).bodies} == only


def test_pages_hold_every_body_once(engine: Engine) -> None:
    names = [f"第{n:03d}学校" for n in range(2 * ROWS + 20)]
    some_edition(
        engine, [filing(name, level=level) for name in names for level in ("五级", "四级")]
    )
    seen: list[str] = []
    after = ""
    while True:
        found = search(engine, Wanted(), today(), after)
        assert found.total == len(names)
        seen += [one.body for one in found.bodies]
        after = found.further
        if not after:
            break
    assert sorted(seen) == names
    assert len(seen) == len(names)


def test_only_the_newest_edition_of_each_list_counts_and_the_older_is_still_told(desk) -> None:
    old, new = date(2025, 1, 1), date(2026, 1, 1)
    some_edition(desk.engine, [filing("郑州市旧梦学校"), filing("郑州市安居学校")], as_of=old)
    some_edition(desk.engine, [filing("郑州市安居学校")], as_of=new)
    some_edition(desk.engine, [filing("开封市示例学校")], name="开封", as_of=old)
    wang = Browser(desk).log_in("wang")
    page = wang.get("/directory").text
    listed = page.split("<tbody>")[1]
    assert "郑州市旧梦学校" not in listed
    assert "开封市示例学校" in listed
    gone = wang.get("/directory?q=郑州市旧梦学校").text
    assert "曾在目录中" in gone
    body = wang.get("/directory/body?name=郑州市旧梦学校").text
    assert "现用的版本已不再载有" in body
    assert "旧版 郑州" in body
    changes = wang.get("/directory/changes?newer=2").text
    assert "移出机构 <small>1</small>" in changes
    assert "郑州市旧梦学校" in changes
    for path in ("changes?newer=1", "changes?newer=99", "changes?older=1&newer=99", "body?name=x"):
        assert wang.get(f"/directory/{path}").status_code == 404, path


def test_where_nothing_has_the_words_the_judges_own_look_up_is_asked(desk) -> None:
    some_edition(desk.engine, [filing("郑州市安居职业培训学校有限公司")])
    wang = Browser(desk).log_in("wang")
    page = wang.get("/directory?q=郑州安居职业培训学校").text
    assert "研判时与它对上的备案机构" in page
    assert "郑州市安居职业培训学校有限公司" in page
    assert "也没有相近的名称" in wang.get("/directory?q=完全无关的单位").text


def test_hostile_words_in_an_address_and_in_a_list_run_nothing(desk) -> None:
    some_edition(desk.engine, [filing("<img src=x onerror=alert(1)>学校", region="<b>")])
    wang = Browser(desk).log_in("wang")
    for path in ("/directory", "/directory?q=<script>x</script>&kind=x&state=y&after='"):
        page = wang.get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "<script>x" not in page.text


# ---- import -------------------------------------------------------------------------------------


def test_a_file_counts_only_after_its_differences_were_seen_and_confirmed(desk, tmp_path) -> None:
    engine = desk.engine
    some_edition(
        engine, [filing("郑州市安居学校"), filing("郑州市旧梦学校")], as_of=date(2026, 1, 1)
    )
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, GOOD))
    assert len(editions(engine)) == 1
    page = admin.get(f"/directory/import/{token}").text
    for words in (
        "还没有生效",
        "新增机构 <small>1",
        "移出机构 <small>1",
        "郑州市新学校",
        "郑州.csv",
    ):
        assert words in page, words
    assert "五分之一" in page, "half of the list would go"
    assert admin.post(f"/directory/import/{token}/confirm").status_code == 303
    new = editions(engine)[0]
    assert (new.name, new.imported_by, new.source) == ("郑州", "admin", "郑州.csv")
    assert new.current
    line = next(line for line in lines(engine) if line.about == f"directory:{new.id}")
    assert (line.actor, line.act) == ("admin", "directory.import")
    assert new.sha256 in line.detail
    assert list((tmp_path / "uploads").iterdir()) == []
    again = admin.post(f"/directory/import/{token}/confirm")
    assert (again.status_code, "没有这份待确认的文件" in again.text) == (409, True)
    assert len(editions(engine)) == 2


def test_a_spreadsheet_is_taken_as_well_and_an_older_day_stays_in_the_archive(desk) -> None:
    some_edition(desk.engine, [filing("郑州市安居学校")], as_of=date(2026, 6, 1))
    book = Workbook()
    for row in (["机构名称", "职业", "类别"], ["郑州市安居学校", "电工", "S"]):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, kept.getvalue(), "名册.xlsx", as_of="2026-01-01"))
    assert "导入后只作存档" in admin.get(f"/directory/import/{token}").text
    admin.post(f"/directory/import/{token}/confirm")
    assert [one.current for one in editions(desk.engine)] == [True, False]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", HEAD + "甲校,电工,九级,S,,\n,电工,五级,S,,\n", "第 2 行"),
        ("a.csv", HEAD, "没有一行机构"),
        ("a.csv", "x,y\n1,2\n", "没有导入"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, "不支持 .xls"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧式"),
        ("a.xlsx", b"PK\x03\x04 nothing", "没有导入"),
        ("a.csv", b"\x00\x01\x02" * 99, "没有导入"),
        ("a.exe", b"MZ", "不支持 .exe"),
        ("", b"", "没有选文件"),
    ],
)
def test_a_file_that_will_not_do_is_told_on_the_page_and_leaves_nothing(
    desk, tmp_path, name: str, data, words: str
) -> None:
    admin = Browser(desk).log_in("admin")
    answer = upload(admin, data, name)
    assert (answer.status_code, words in answer.text) == (409, True), answer.text[-2000:]
    assert 'value="郑州"' in answer.text, "what was typed is still there"
    assert editions(desk.engine) == []
    assert list((tmp_path / "uploads").glob("*")) == []


@pytest.mark.parametrize(
    ("form", "words"),
    [({"as_of": "bald"}, "日期"), ({"as_of": "2199-01-01"}, "还没到"), ({"kind": "X"}, "类别")],
)
def test_what_is_said_of_a_file_is_checked_too(desk, form, words: str) -> None:
    answer = upload(Browser(desk).log_in("admin"), GOOD, **form)
    assert (answer.status_code, words in answer.text) == (409, True)


def test_differences_that_somebody_elses_import_has_changed_are_not_confirmed(desk) -> None:
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, GOOD))
    other = Source(name="郑州", as_of=date(2026, 5, 1), file="x.csv", sha256="9", by="zhang")
    add_edition(desk.engine, other, [filing("郑州市安居学校")])
    answer = admin.post(f"/directory/import/{token}/confirm")
    assert (answer.status_code, "又有了新版" in answer.text) == (409, True)
    assert len(editions(desk.engine)) == 1
    with pytest.raises(Problem, match="another edition"):
        add_edition(desk.engine, other, [filing("x学校")], base=0)


def test_an_upload_is_its_makers_alone_and_can_be_given_up(desk, tmp_path) -> None:
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, GOOD))
    from storage.users import Role, set_roles

    set_roles(desk.engine, "wang", [Role.ADMIN], "admin")
    other = Browser(desk).log_in("wang")
    for act in (f"/directory/import/{token}", f"/directory/import/{'0' * 32}"):
        assert other.get(act).status_code == 409
    assert other.post(f"/directory/import/{token}/confirm").status_code == 409
    for odd in ("..%2f..%2fcertsweep", "x", "A" * 32):
        assert admin.get(f"/directory/import/{odd}").status_code in {404, 409}
    assert admin.post(f"/directory/import/{token}/forget").status_code == 303
    assert list((tmp_path / "uploads").iterdir()) == []
    assert editions(desk.engine) == []


def test_uploads_nobody_confirmed_are_thrown_away_after_a_day(desk, tmp_path) -> None:
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, GOOD))
    for path in (tmp_path / "uploads").iterdir():
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".json"
        os.utime(path, (time.time() - 90_000,) * 2)
    fresh = token_of(upload(admin, GOOD))
    names = {path.stem for path in (tmp_path / "uploads").iterdir()}
    assert (token in names, fresh in names) == (False, True)


def test_a_name_of_a_file_is_a_name_and_no_path(desk, tmp_path) -> None:
    admin = Browser(desk).log_in("admin")
    token = token_of(upload(admin, GOOD, "../../<b>x</b>.csv"))
    page = admin.get(f"/directory/import/{token}").text
    assert "<b>x</b>" not in page
    assert {path.parent for path in tmp_path.rglob(f"{token}*")} == {tmp_path / "uploads"}


def test_only_here_may_much_be_sent_and_even_here_not_everything(desk) -> None:
    admin = Browser(desk).log_in("admin")
    row = "郑州市安居学校,电工,五级,S,,\n"
    big = HEAD + row * (3_000_000 // len(row.encode()))
    assert upload(admin, big).status_code == 303
    assert admin.post("/blacklist", {"reason": "字" * 600_000}).status_code == 413
    answer = upload(admin, b"x" * (33 << 20))
    assert (answer.status_code, "32 MB" in answer.text) == (413, True)


ODD = (
    "%00",
    "%ED%A0%80",
    "%F0%9F%80%84",
    "-1",
    "9" * 30,
    "x" * 5000,
    "%25%5F%5C",
    "'\";--",
    "%E2%80%AE",
)


@pytest.mark.parametrize("odd", ODD)
def test_nothing_typed_into_an_address_breaks_a_page(desk, odd: str) -> None:
    some_edition(desk.engine, [filing("郑州市安居学校")])
    admin = Browser(desk).log_in("admin")
    for path, names in (
        ("/directory", ("q", "kind", "region", "state", "after", "imported")),
        ("/directory/body", ("name",)),
        ("/directory/changes", ("older", "newer")),
        ("/blacklist", ("q", "kind", "state", "below")),
        ("/rules", ("q", "clause")),
        ("/sweeps", ("below",)),
        ("/sweeps/live", ("phase",)),
        ("/audit", ("actor", "act", "about", "since", "until", "below")),
    ):
        for name in names:
            answer = admin.get(f"{path}?{name}={odd}")
            assert answer.status_code in {200, 404, 409}, f"{path}?{name}={odd}"
    for path in ("/users/", "/rules/", "/directory/import/", "/sweeps/", "/blacklist/"):
        answer = admin.get(f"{path}{odd[:300]}")
        assert answer.status_code in {200, 404, 409, 422}, f"{path}{odd}"
    for path in ("/users", "/blacklist", "/rules/try", "/audit/verify"):
        admin.get("/users")
        typed = dict.fromkeys(
            ("login", "name", "kind", "value", "reason", "legal_basis", "source", "head", "text"),
            httpx.URL(f"http://x/?q={odd}").params["q"],
        )
        answer = admin.post(path, typed | {"role": "reviewer", "url": odd, "account": odd})
        assert answer.status_code in {200, 303, 409, 422}, path
