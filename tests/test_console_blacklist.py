"""The blacklist at the desk: listed, appealed, removed by those who keep it; masked for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from console.forms import today
from storage.audit import lines
from storage.blacklist import Listing, add_act, entries, get_entry, list_subjects
from storage.blacklist_pages import ROWS, Wanted, entries_page
from storage.columns import utc_now
from tests.desk_lookups import tooled_desk
from tests.desk_site import Browser, staff

FORM = {
    "kind": "phone",
    "value": "138 0000 0001",
    "reason": "多次代办假证，联系 13800000001",
    "legal_basis": "《广告法》第二十八条",
    "starts": "2026-03-01",
    "ends": "2099-03-01",
    "source": "案件 12",
}


@pytest.fixture
def desk(engine: Engine, tmp_path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


def listing(value: str = "示例速成证书公司", kind: str = "name", **changes) -> Listing:
    values = {"reason": "冒名", "legal_basis": "广告法", "starts": today()}
    return Listing(kind=kind, value=value, **values | changes)


def listed(engine: Engine, *many: Listing) -> list[int]:
    return list_subjects(engine, many or [listing()], "admin", utc_now())


def test_a_subject_is_listed_with_reason_law_and_days_and_that_is_in_the_audit(desk) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/blacklist")
    answer = admin.post("/blacklist", FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/blacklist/1?said=listed")
    now = get_entry(desk.engine, 1).now
    assert (now.act, now.who, str(now.starts), str(now.ends)) == (
        "added",
        "admin",
        "2026-03-01",
        "2099-03-01",
    )
    line = list(lines(desk.engine))[-1]
    assert (line.actor, line.act, line.about) == ("admin", "blacklist.list", "blacklist:1")
    assert "13800000001" not in line.detail


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "缺少列入的原因"),
        ({"legal_basis": ""}, "缺少列入的原因"),
        ({"kind": "emperor"}, "不认识的类别"),
        ({"value": "1"}, "太短"),
        ({"kind": "account", "value": "abc"}, "平台:账号ID"),
        ({"starts": "gestern"}, "日期"),
        ({"ends": "2026-02-01"}, "早于开始"),
        ({"value": "120"}, "没有写入"),
    ],
)
def test_what_cannot_be_listed_is_told_with_all_that_was_typed_still_there(
    desk, change, words: str
) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/blacklist")
    answer = admin.post("/blacklist", FORM | change)
    assert (answer.status_code, words in answer.text) == (409, True), answer.text
    assert "案件 12" in answer.text
    assert entries(desk.engine) == []


def test_a_double_click_lists_once(desk) -> None:
    admin = Browser(desk).log_in("admin")
    admin.get("/blacklist")
    assert admin.post("/blacklist", FORM).status_code == 303
    again = admin.post("/blacklist", FORM)
    assert (again.status_code, "已在黑名单（编号 1）" in again.text) == (409, True)
    assert len(get_entry(desk.engine, 1).versions) == 1


def test_contacts_are_masked_everywhere_until_a_reason_is_given_and_logged(desk) -> None:
    listed(desk.engine, listing("13800000001", "phone", reason="联系 138-0000-0001，屡教不改"))
    listed(desk.engine, listing("sample_wx_105", "wechat", reason="微信sample_wx_105卖证"))
    wang = Browser(desk).log_in("wang")
    for path in ("/blacklist", "/blacklist/1", "/blacklist/2"):
        page = wang.get(path).text
        for secret in ("13800000001", "138-0000-0001", "sample_wx_105"):
            assert secret not in page, path
    assert "屡教不改" in wang.get("/blacklist/1").text
    refused = wang.post("/blacklist/1/contacts", {"why": " "})
    assert (refused.status_code, "13800000001" in refused.text) == (409, False)
    shown = wang.post("/blacklist/1/contacts", {"why": "核对当事人"})
    assert "13800000001" in shown.text
    line = list(lines(desk.engine))[-1]
    assert (line.act, line.about, line.detail) == (
        "blacklist.seen",
        "blacklist:1",
        '{"why":"核对当事人"}',
    )
    for login in ("admin", "sun"):
        other = Browser(desk).log_in(login)
        other.get("/blacklist/1")
        assert other.post("/blacklist/1/contacts", {"why": "好奇"}).status_code == 403


def test_an_appeal_and_its_end_are_versions_and_removal_ends_the_entry(desk) -> None:
    listed(desk.engine)
    admin = Browser(desk).log_in("admin")
    assert 'value="appealed"' in admin.get("/blacklist/1").text
    for act, note, state in (
        ("appealed", "当事人来函", "在列（申诉中）"),
        ("upheld", "查无新证据", "在列"),
        ("removed", "整改完成", "已移出"),
    ):
        assert admin.post("/blacklist/1/act", {"act": act, "note": note}).status_code == 303
        page = admin.get("/blacklist/1").text
        assert f'<span class="state">{state}</span>' in page
        assert note in page
    assert [one.act for one in get_entry(desk.engine, 1).versions] == [
        "added",
        "appealed",
        "upheld",
        "removed",
    ]
    assert "再次列入" in page
    told = [line.detail for line in lines(desk.engine) if line.act == "blacklist.act"]
    assert len(told) == 3


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"act": "appealed", "note": " "}, "须写明内容或原因"),
        ({"act": "upheld", "note": "x"}, "没有在办的申诉"),
        ({"act": "added", "note": "x"}, "没有选定"),
        ({"note": "x"}, "没有选定"),
    ],
)
def test_an_act_that_does_not_fit_is_told_and_keeps_the_words(desk, form, words: str) -> None:
    listed(desk.engine)
    admin = Browser(desk).log_in("admin")
    admin.get("/blacklist/1")
    answer = admin.post("/blacklist/1/act", form)
    assert (answer.status_code, words in answer.text) == (409, True)
    assert len(get_entry(desk.engine, 1).versions) == 1


def test_entries_are_found_by_state_kind_and_any_spelling_of_a_number(engine: Engine) -> None:
    day = today()
    ids = listed(
        engine,
        listing("13800000001", "phone", source="案件 7"),
        listing("未来示例公司", starts=day + timedelta(days=3)),
        listing("过去示例公司", starts=day - timedelta(days=9), ends=day - timedelta(days=1)),
        listing("移出示例公司"),
        listing("申诉示例公司", reason="100%包过"),
    )
    add_act(engine, ids[3], "removed", "admin", "误列", utc_now())
    add_act(engine, ids[4], "appealed", "admin", "来函", utc_now())
    for wanted, found in (
        (Wanted(state=""), set(ids)),
        (Wanted(), {ids[0], ids[4]}),
        (Wanted(state="appealed"), {ids[4]}),
        (Wanted(state="later"), {ids[1]}),
        (Wanted(state="ended"), {ids[2]}),
        (Wanted(state="removed"), {ids[3]}),
        (Wanted(kind="phone"), {ids[0]}),
        (Wanted(text="１３８ 0000-0001"), {ids[0]}),
        (Wanted(text="案件 7"), {ids[0]}),
        (Wanted(text="示例公司", state=""), set(ids[1:])),
        (Wanted(text="100%"), {ids[4]}),
        (Wanted(text="%"), {ids[4]}),
    ):
        assert {one.id for one in entries_page(engine, wanted, day).entries} == found, wanted


def test_pages_hold_every_entry_once_the_newest_first(engine: Engine) -> None:
    ids = listed(engine, *(listing(f"第{n:04d}示例公司") for n in range(2 * ROWS + 3)))
    seen: list[int] = []
    below = 0
    while True:
        found = entries_page(engine, Wanted(), today(), below)
        assert found.total == len(ids)
        seen += [one.id for one in found.entries]
        below = found.further
        if not below:
            break
    assert seen == sorted(ids, reverse=True)


def test_hostile_words_run_nothing_and_an_entry_that_is_not_there_is_not_found(desk) -> None:
    listed(desk.engine, listing("<script>x</script>公司", reason="<img src=x onerror=y>"))
    wang = Browser(desk).log_in("wang")
    for path in ("/blacklist", "/blacklist/1", "/blacklist?q=<script>&kind=z&state=q&below=x"):
        page = wang.get(path)
        assert page.status_code == 200
        assert "<script>x" not in page.text
        assert "<img src=x" not in page.text
    assert wang.get("/blacklist/99").status_code == 404
    assert wang.get("/blacklist/99999999999999").status_code == 404
