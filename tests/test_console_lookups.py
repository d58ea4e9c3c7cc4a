"""Lookups of the desk: channels, rules and any text tried on them, sources, and who sees what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import Engine, func, select

from classifiers.hosts import whitelist
from console.page import TEMPLATES
from console.words import LOCALE
from door.check_record import record_of
from door.desk_answers import whole_shelf
from door.explain_report import Explainer
from storage.cases import decide
from storage.columns import utc_now
from storage.database import read
from storage.models import cases, posts
from storage.records import Verdict
from storage.rule_outcomes import Outcome, rule_outcomes
from storage.second import look
from storage.sources import SourceRun, remember
from tests.desk_lookups import settings_for, tooled_desk
from tests.desk_site import Browser, make_desk, staff
from tests.makers import decision, finding, flagged, judged, post, sight

SELLING = "中级消防证书免考包过，三天拿证。加微信sample_wx_105咨询，名额有限！"


@pytest.fixture
def kind() -> str:
    """What is tested here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return tooled_desk(engine, tmp_path)


FOR_ALL = ("/directory", "/blacklist", "/channels", "/rules", "/sources", "/sweeps")
FOR_SOME = {
    "/directory/import": {"admin"},
    "/users": {"admin"},
    "/users/wang": {"admin"},
    "/audit": {"admin", "sun"},
}


@pytest.mark.parametrize("login", ["wang", "zhao", "qian", "admin", "sun"])
def test_everybody_looks_up_and_only_some_look_after(desk, login: str) -> None:
    browser = Browser(desk).log_in(login)
    for path in FOR_ALL:
        assert browser.get(path).status_code == 200, path
    for path, whose in FOR_SOME.items():
        assert browser.get(path).status_code == (200 if login in whose else 403), path
    shown = set(re.findall(r'<a href="(/[a-z]+)"', browser.get("/queue").text.split("</nav>")[0]))
    assert {"/directory", "/sweeps"} <= shown
    assert ("/users" in shown) == (login == "admin")
    assert ("/audit" in shown) == (login in {"admin", "sun"})


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/directory/import", "admin"),
        ("/directory/import/0/confirm", "admin"),
        ("/blacklist", "admin"),
        ("/blacklist/1/act", "admin"),
        ("/sweeps/start", "admin"),
        ("/sweeps/stop", "admin"),
        ("/users", "admin"),
        ("/users/wang/roles", "admin"),
        ("/users/wang/lock", "admin"),
        ("/users/wang/reset", "admin"),
        ("/users/wang/revoke", "admin"),
        ("/audit/verify", "admin sun"),
    ],
)
def test_what_changes_something_needs_its_role_and_its_token(desk, path: str, whose: str) -> None:
    for login in ("wang", "zhao", "qian", "sun"):
        if login not in whose:
            assert Browser(desk).log_in(login).post(path).status_code == 403, login
    admin = Browser(desk).log_in("admin")
    assert admin.send("POST", path, data={"csrf": "0" * 64}).status_code == 403
    assert admin.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_the_place_in_the_bar_is_marked_also_below_it(desk) -> None:
    browser = Browser(desk).log_in("wang")
    for path, place in (("/rules", "/directory"), ("/sources", "/sweeps")):
        assert f'<a href="{place}" aria-current="page">' in browser.get(path).text


def test_a_desk_without_tools_says_so(engine: Engine, tmp_path: Path) -> None:
    staff(engine)
    browser = Browser(make_desk(engine, tmp_path)).log_in("wang")
    answer = browser.get("/rules")
    assert (answer.status_code, "没有接上研判" in answer.text) == (409, True)


# ---- channels -----------------------------------------------------------------------------------


def test_channels_are_the_judges_own_table_with_its_day_and_nothing_to_change(desk) -> None:
    page = Browser(desk).log_in("wang").get("/channels").text
    for row in whitelist().rows:
        assert f"<code>{row.host}</code>" in page
        assert row.what in page
    assert "截至 <b>20" in page
    assert "未逐一核实" in page
    main = page.split("<main")[1]
    assert "<form" not in main
    assert 'href="http' not in main


# ---- rules --------------------------------------------------------------------------------------


def test_rules_are_listed_by_clause_and_found_by_their_words(desk) -> None:
    browser = Browser(desk).log_in("wang")
    whole = browser.get("/rules").text
    assert len(re.findall(r'<a href="/rules/\w+">', whole)) > 100
    only = browser.get("/rules?clause=一").text
    assert "b4_02_guaranteed_pass" not in only
    assert "a1_02_china_in_name" in only
    found = browser.get("/rules?q=B4-02").text
    assert "b4_02_guaranteed_pass" in found
    assert "a1_02_china_in_name" not in found
    assert "没有这样的规则" in browser.get("/rules?q=%25nichts").text


def test_a_rule_shows_its_words_its_law_and_its_examples_as_they_come_out_now(desk) -> None:
    browser = Browser(desk).log_in("wang")
    page = browser.get("/rules/b4_02_guaranteed_pass").text
    assert "签约包过" in page
    assert "广告法" in page
    assert page.count('<span class="sign ok">') >= 8
    assert '<span class="sign off">' not in page
    assert "{words}" not in page
    browser.post("/lang", {"lang": "en"})
    assert "Must be found" in browser.get("/rules/b4_02_guaranteed_pass").text
    assert "Words that count in context" in browser.get("/rules/b4_02_guaranteed_pass").text
    for name in ("no_such_rule", "..%2f..%2fetc", "x" * 300):
        assert browser.get(f"/rules/{name}").status_code == 404


def test_an_offices_rule_that_misses_its_own_example_is_shown_as_such(
    engine: Engine, tmp_path: Path
) -> None:
    staff(engine)
    house = Path("classifiers/rules/b4_02_guaranteed_pass.yaml").read_text(encoding="utf-8")
    own = house.replace("招生，签约包过", "招生，签约必成").replace(
        "quote: 签约包过", "quote: 签约必成"
    )
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "b4_02_office_pass.yaml").write_text(own, encoding="utf-8")
    browser = Browser(tooled_desk(engine, tmp_path)).log_in("wang")
    page = browser.get("/rules/b4_02_office_pass").text
    assert page.count('<span class="sign off">') == 1
    assert "不符。" in page.split('<span class="sign off">')[1].split("</li>")[0]
    assert str(tmp_path / "rules") not in browser.get("/rules?q=b4_02_office_pass").text
    admin = Browser(tooled_desk(engine, tmp_path)).log_in("admin")  # who keeps the rules
    assert str(tmp_path / "rules") in admin.get("/rules?q=b4_02_office_pass").text
    (tmp_path / "rules" / "b4_02_office_pass.yaml").write_text(house, encoding="utf-8")
    assert '<span class="sign off">' not in browser.get("/rules/b4_02_office_pass").text


def test_a_rule_tells_how_people_decided_what_it_found_and_not_what_still_waits(desk) -> None:
    engine = desk.engine
    for n, (verdict, reason) in enumerate(
        ((Verdict.VIOLATION, "B4-02"), (Verdict.CLEAN, "WARNING"), (Verdict.TRANSFER, "POLICE")), 1
    ):
        said = judged(findings=(finding(rule="b4_02_guaranteed_pass"),))
        sight(engine, flagged(post(f"http://a{n}.example/"), seed=n, judgement=said))
        decide(engine, decision(n, verdict, reason=reason, by="wang"))
    assert rule_outcomes(engine) == {"b4_02_guaranteed_pass": Outcome(violation=1, clean=1)}
    wang = Browser(desk).log_in("wang")
    told = "违规 1 件，不违规 1 件，转办或存疑 0 件"
    assert told in wang.get("/rules/b4_02_guaranteed_pass").text
    look(engine, decision(3, Verdict.TRANSFER, reason="POLICE", by="zhao"))
    assert rule_outcomes(engine)["b4_02_guaranteed_pass"].other == 1
    assert rule_outcomes(engine, most=1) == {"b4_02_guaranteed_pass": Outcome(other=1)}


def test_a_text_is_judged_as_the_command_judges_it_and_nothing_is_kept(desk, tmp_path) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/rules")
    page = browser.post("/rules/try", {"text": SELLING, "account": "示例教育"}).text
    shelf = whole_shelf(settings_for(desk.engine, tmp_path))
    record = record_of(0, {"text": SELLING, "account": "示例教育"})
    judgement = shelf.judge.judge(record.subject)
    assert judgement.flagged
    assert f"涉嫌违规 · 得分 {judgement.score:.2f}" in page
    for said in judgement.findings:
        assert said.code in page
    told = Explainer(shelf).text(record).strip().split("\n")
    assert [line for line in told if escaped(line) not in page] == []
    assert re.search(r"<mark[^>]*>(?:<span[^>]*>.?</span>)+免考", page)
    assert SELLING[:10] in page.split("<textarea")[1].split("</textarea>")[0]
    with read(desk.engine) as connection:
        for table in (posts, cases):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def escaped(text: str) -> str:
    for sign, name in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("'", "&#39;"),
        ('"', "&#34;"),
    ):
        text = text.replace(sign, name)
    return text


def test_the_explanation_speaks_the_readers_language(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.post("/lang", {"lang": "en"})
    browser.get("/rules")
    page = browser.post("/rules/try", {"text": SELLING}).text
    assert "How the score came about" in page
    assert "Speaker: a seller" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"text": "  \n"}, "请填写要试的文字"),
        ({"text": "字" * 50_001}, "没有判读"),
        ({"text": "<script>alert(1)</script>包过班", "title": "\x00\ud800包过"}, "得分"),
        ({"text": "𠮷🀄\u202egnp\u202c 包过 " * 50}, "得分"),
        ({"text": "<html><head><title>包过</title></head><body>免考拿证</body></html>"}, "得分"),
    ],
)
def test_odd_texts_are_told_and_never_run(desk, form, words: str) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/rules")
    sent = {name: text.encode("utf-8", "replace").decode() for name, text in form.items()}
    answer = browser.post("/rules/try", sent)
    assert answer.status_code == 200
    assert words in answer.text
    assert "<script>alert" not in answer.text


# ---- sources ------------------------------------------------------------------------------------


def test_a_source_that_cannot_be_read_stands_first_with_what_to_do(desk) -> None:
    runs = [
        SourceRun(name="weibo", pages=3, blocked=3, reasons=("captcha",)),
        SourceRun(name="tieba", pages=3, alive=3, posts=12, flagged=2),
    ]
    remember(desk.engine, runs, utc_now())
    browser = Browser(desk).log_in("wang")
    page = browser.get("/sources").text
    notice = page.split('class="notice bad"')[1].split("</section>")[0]
    assert "微博" in notice
    assert "要求验证码" in notice
    assert "本程序不破解" in notice
    assert "贴吧" not in notice
    assert "未读过" in page, "sources that were never asked are listed, too"
    assert page.index("微博", page.index("<table")) < page.index("贴吧", page.index("<table"))
    browser.post("/lang", {"lang": "en"})
    assert "It wants a captcha" in browser.get("/sources").text


def test_the_catalogue_of_the_lookups_holds_nothing_that_no_template_says() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    with (LOCALE / "en_lookups.po").open("rb") as file:
        ids = [str(message.id) for message in read_po(file, locale="en") if message.id]
    assert [one for one in ids if one not in said] == []
