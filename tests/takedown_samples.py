"""Decided posts as the exports get them from storage; everything in them is invented."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from exports.takedown_rows import ListHead, TakedownRow
from storage.exports import DecidedRow
from storage.records import (
    Clause,
    Contacts,
    Decision,
    Evidence,
    Finding,
    Snapshot,
    Verdict,
)

HEAD = ListHead(batch_no="CS-20260301-001", made_at=datetime(2026, 3, 1, 1, 30, tzinfo=UTC))
PITCH = "高级催乳师，包过不用考，加微信 fake_wx_2046 或打 138 0000 1234，证书全国联网可查。"
AD = "开班通知。" * 30 + PITCH + "地址见主页。" * 30


def evidence(text: str, quote: str, field: str = "text") -> Evidence:
    start = text.index(quote)
    return Evidence(field=field, start=start, end=start + len(quote), quote=quote)


def finding(code: str, *proof: Evidence, **changes: Any) -> Finding:
    known: dict[str, Any] = {
        "rule": "bao_guo",
        "version": 2,
        "code": code,
        "clause": Clause.TWO,
        "score": 0.9,
        "severity": 4,
        "proves": "text",
        "why": "承诺包过",
        "evidence": proof,
        "legal_basis": ("广告法（2021修正）第二十四条",),
    }
    return Finding(**(known | changes))


def snapshot(kind: str, sign: str, minute: int = 0) -> Snapshot:
    moment = datetime(2026, 2, 27, 18, minute, tzinfo=UTC)
    return Snapshot(
        sha256=sign * 64, kind=kind, size=9, captured_at=moment, url="http://ad.example/"
    )


def decided(**changes: Any) -> DecidedRow:
    known: dict[str, Any] = {
        "case_no": 7,
        "post_row": 70,
        "platform": "web",
        "url": "http://peixun.example/ad",
        "url_found": "http://peixun.example/ad?from=home",
        "author": "样例职业技能培训学校",
        "author_id": "",
        "author_url": "",
        "title": "催乳师证书 包过",
        "text": AD,
        "published_at": datetime(2026, 2, 1, tzinfo=UTC),
        "region": "河南",
        "icp": "豫ICP备00000000号",
        "contacts": Contacts(phones=("13800001234",), wechat=("fake_wx_2046",)),
        "content_sha256": "0" * 64,
        "score": 0.934,
        "findings": (
            finding("B4-02", evidence(AD, "包过不用考")),
            finding("B2-05", evidence(AD, "全国联网可查"), rule="quan_guo", version=1),
        ),
        "snapshots": (snapshot("raw", "a"), snapshot("screenshot", "b", 1)),
        "first_seen": datetime(2026, 2, 27, 18, 0, tzinfo=UTC),
        "last_seen": datetime(2026, 2, 28, 18, 0, tzinfo=UTC),
        "decision_id": 3,
        "decision": Decision(
            case_id=7,
            verdict=Verdict.VIOLATION,
            reason="B4-02",
            by="审核员甲",
            at=datetime(2026, 2, 28, 23, 0, tzinfo=UTC),
            note="",
        ),
        "reopened": 0,
    }
    return DecidedRow(**(known | changes))


HOSTILE = decided(
    case_no=8,
    post_row=80,
    platform="douyin",
    url="https://v.example/1",
    url_found="https://v.example/1",
    author='=HYPERLINK("http://evil.example","点我")',
    author_id="-1+1",
    author_url="https://v.example/u/1",
    title="\u200b＝cmd|' /C calc'!A0",
    text="@SUM(1+9)\x07包过\r\n第二行",
    contacts=Contacts(),
    findings=(finding("B4-02", evidence("@SUM(1+9)\x07包过\r\n第二行", "包过")),),
    snapshots=(),
    reopened=1,
    published_at=None,
    region="",
    icp="",
)


def row(**changes: str) -> TakedownRow:
    known = {
        "case_no": "7",
        "batch_no": "CS-20260301-001",
        "platform": "网站",
        "content_type": "网页",
        "url": "http://peixun.example/ad",
        "url_found": "http://peixun.example/ad",
    }
    return TakedownRow(**(known | changes))


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def read_xlsx(path: Path) -> dict[str, list[list[str]]]:
    book = load_workbook(path)
    return {
        sheet.title: [["" if cell is None else cell for cell in line] for line in sheet.values]
        for sheet in book
    }
