"""A desk some days into its work: cases found and decided, requests followed, files made."""

from __future__ import annotations

import zlib
from datetime import timedelta
from struct import pack
from typing import Any

from console.desk import Desk
from door.export_jobs import Shop, run_waiting
from door.settings import read_settings
from storage.bulk_shown import show_together
from storage.cases import decide, list_cases
from storage.columns import utc_now
from storage.export_jobs import EACH, Order, place_order, take_waiting
from storage.records import Clause, Contacts, Verdict
from storage.second import look as second_look
from storage.takedown_acts import Sending, Word, acknowledge, approve, record_answer, record_sent
from storage.takedown_drafting import Wanted, draft_all
from storage.takedown_looks import Look, add_round
from storage.takedown_states import Answer
from storage.takedown_verdict import Seen, Way
from storage.takedowns import get_request, list_requests
from tests.makers import decision, finding, flagged, judged, post, sight

PLACES = ("河南", "广东", "四川", "江苏", "")
PLATFORMS = ("web", "weibo", "douyin", "web", "xiaohongshu")
CODES = (("B4-02", Clause.TWO), ("C3-04", Clause.THREE), ("A1-02", Clause.ONE))


def png(shade: int, width: int = 480, height: int = 300) -> bytes:
    """A plain picture."""
    line = b"\x00" + bytes([shade, shade, min(shade + 20, 255)]) * width

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return pack(">I", len(data)) + kind + data + pack(">I", crc)

    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(line * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def shop(desk: Desk) -> Shop:
    home = {"CERTSWEEP_HOME": str(desk.exports.parent)}
    return Shop(engine=desk.engine, settings=read_settings(home))


def some_days(desk: Desk, count: int = 18) -> None:
    """Cases 1 … count, two of three decided, over the last six days."""
    now = utc_now()
    for n in range(1, count + 1):
        code, clause = CODES[n % 3]
        platform = PLATFORMS[n % 5]
        address = f"http://school{n}.example/a" if platform == "web" else f"p{n}"
        kept = desk.store.put(png(200 - n), "screenshot", address, now)
        place = post(
            address,
            platform=platform,
            title=f"第{n}家职业培训：月嫂证报名",
            author=f"某{n % 4}职业培训",
            region=PLACES[n % 5],
            contacts=Contacts(phones=(f"1380000{n:04d}",)),
        )
        said = judged(score=0.97 - n / 40, findings=(finding(code=code, clause=clause),))
        at = now - timedelta(days=n % 6, hours=2)
        sight(
            desk.engine,
            flagged(place, seed=n, judgement=said, snapshots=(kept,)),
            now=at,
        )
        if n % 3:
            verdict = Verdict.CLEAN if n % 7 == 0 else Verdict.VIOLATION
            reason = "NEWS" if verdict is Verdict.CLEAN else code
            hours = timedelta(minutes=20 * n)
            decide(
                desk.engine,
                decision(n, verdict, reason=reason, by="wang", at=min(at + hours, now)),
            )
            if reason == "C3-04":
                second_look(desk.engine, decision(n, reason="C3-04", by="zhao", at=now))


def requests(desk: Desk) -> None:
    """Drafted for everybody, one of them sent, answered and seen gone."""
    now = utc_now()
    at = now - timedelta(days=5)
    draft_all(desk.engine, Wanted(by="wang", at=at), desk.recipient_of)
    number = max(one.id for one in list_requests(desk.engine) if one.platform == "weibo")
    approve(desk.engine, number, "qian", at)
    sending = Sending(
        by="wang", at=at, now=now, channel="举报入口", letter_no="某网信函〔2026〕7号"
    )
    record_sent(desk.engine, number, sending)
    acknowledge(desk.engine, number, Word(by="wang", at=at, now=now), "R-20261126-7")
    first, *others = get_request(desk.engine, number).items
    record_answer(desk.engine, first.id, Answer.YES, Word(by="wang", at=at, now=now, note="已删除"))
    after = desk.store.put(png(90), "screenshot", "p", now)
    for hours in (24, 48, 72, 97):
        both: list[Any] = [
            Look(way=Way.PLAIN, seen=Seen.GONE, why="网页返回 404", http_status=404),
            Look(way=Way.BROWSER, seen=Seen.GONE, why="页面显示内容已删除", files=(after,)),
        ]
        add_round(desk.engine, first.id, both, at + timedelta(hours=hours))
    for item in others[:1]:
        round_ = [Look(way=Way.PLAIN, seen=Seen.UNCLEAR, why="内容很少，看不准")]
        add_round(desk.engine, item.id, round_, at + timedelta(hours=24))


def files(desk: Desk) -> None:
    """Jobs 1 list, 2 brief, 3 package, done; 4 running, 5 waiting."""
    for order in (
        Order(kind="list", form="xlsx", platform=EACH),
        Order(kind="brief", days=7),
        Order(kind="evidence", case_id=1),
    ):
        place_order(desk.engine, order, "wang")
    run_waiting(shop(desk), "test")
    place_order(desk.engine, Order(kind="list", form="csv"), "li")
    take_waiting(desk.engine)
    place_order(desk.engine, Order(kind="list", form="letter", platform="weibo"), "li")


def a_batch(desk: Desk, by: str) -> int:
    waiting = [row.id for row in list_cases(desk.engine) if row.status.value == "waiting"]
    return show_together(desk.engine, waiting, by)


def whole(desk: Desk, by: str = "li") -> int:
    """All of it; the number of a batch that `by` is about to decide."""
    some_days(desk)
    requests(desk)
    files(desk)
    return a_batch(desk, by)
