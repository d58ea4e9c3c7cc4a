"""How what a package lacks, and what came of timestamps, is told to people."""

from __future__ import annotations

from door.capture_words import PART_WORDS, part_word
from door.speech import t
from evidence.layout import TEST_MARK
from evidence.pieces import Lack
from evidence.seal import FAILED_STATE, SEALED, Sealing
from evidence.timestamps import FAILED, PENDING
from evidence.verifier import TEST_REMARK
from storage.bilingual import Bilingual
from storage.custody import Broken

LACKS = {
    "capture": Bilingual(
        "没有完整取证，只有巡查快照", "no full capture, only the sweep's snapshots"
    ),
    "part": Bilingual("取证的一部分没有成功", "a part of a capture failed"),
    "file": Bilingual("存储中的文件缺失或被改动，没有放入", "a stored file is gone or was changed"),
    "decision": Bilingual("还没有人作出决定", "nobody has decided yet"),
    "sm3": Bilingual("本机 OpenSSL 没有 SM3，只有 SHA-256", "no SM3 in this OpenSSL; SHA-256 only"),
    "index": Bilingual("网页存档读不了，没有索引", "its WARC cannot be read; it has no index"),
}
STATES = {
    SEALED: Bilingual("已封存", "sealed"),
    "pending": Bilingual("尚未封存（待补）", "not sealed yet (pending)"),
    FAILED_STATE: Bilingual("没有封存（失败）", "not sealed (failed)"),
}
BREAKS = {
    "gap": Bilingual("这一条不见了", "this line is missing"),
    "prev": Bilingual("与前一条不相接", "it does not follow the line before"),
    "hash": Bilingual("内容被改动", "its content was changed"),
    "anchor": Bilingual("与已签名的清单所记不符，或已被截去", "signed manifests say otherwise"),
}


HOLDERS = {
    "capture": Bilingual("取证", "capture"),
    "case": Bilingual("案件", "case"),
    "post": Bilingual("内容", "post"),
}
WHY = {
    "none": Bilingual("", ""),
    "gone": Bilingual("文件不见了", "the file is gone"),
    "changed": Bilingual("文件被改动", "the file was changed"),
    "no_sm3_here": Bilingual("", ""),
    "no_warc": Bilingual("不是网页存档", "no WARC"),
}
# What the system or the wire says in English, by a piece of it.
SYSTEM = {
    "ConnectionRefused": "对方拒绝连接",
    "gaierror": "域名解析不到",
    "ConnectionReset": "连接被对方断开",
    "RemoteDisconnected": "连接被对方断开",
    "BrokenPipe": "连接被对方断开",
    "CERTIFICATE_VERIFY": "对方的网站证书不可信",
    "SSL": "加密连接没有建立",
    "timed out": "超时",
    "too slow": "答复太慢",
    "no http(s) address": "不是网址，或者写有密码；请检查 CERTSWEEP_TSA",
    "more than": "答复太大",
}


def said_of(words: Bilingual) -> str:
    return t(words.zh, words.en)


def lack_line(lack: Lack) -> str:
    """`of` as "capture:<id> <part>" or "case:<number>", `why` one word."""
    words = LACKS.get(lack.what)
    told = said_of(words) if words else lack.what
    holder, part = holder_words(lack.of)
    reason = said_of(WHY.get(lack.why) or part_word(lack.why))
    inner = "，".join(filter(None, (holder, part, reason)))
    english = ", ".join(filter(None, (holder, part, reason)))
    return t(f"缺：{told}（{inner}）", f"missing: {told} ({english})")


def holder_words(of: str) -> tuple[str, str]:
    """Whose it is and which part, as people call them; ids cut to what tells them apart."""
    holder, _, part = of.partition(" ")
    kind, _, number = holder.partition(":")
    name = said_of(HOLDERS[kind]) if kind in HOLDERS else kind
    words = PART_WORDS.get(part)
    return f"{name} {number[:12]}".strip(), said_of(words) if words else part


def state_words(state: str) -> str:
    return said_of(STATES[state])


def worth_nothing(sealed: Sealing) -> str:
    """What must be said of timestamps by the authority that tests start; "" of all others."""
    if not any(TEST_MARK.encode() in one.token for one in sealed.standings):
        return ""
    return t(*TEST_REMARK)


def reason_words(reason: str, detail: str) -> str:
    words = PENDING.get(reason) or FAILED.get(reason)
    told = said_of(words) if words else reason
    chinese = system_words(detail)
    return t(f"{told}（{chinese}）" if chinese else told, f"{told} ({detail})" if detail else told)


def system_words(detail: str) -> str:
    """In Chinese what can be said in Chinese; an authority's own words stay as they are."""
    return next((zh for piece, zh in SYSTEM.items() if piece in detail), detail)


def break_words(broken: Broken) -> str:
    told = said_of(BREAKS[broken.why])
    return t(
        f"保管链在第 {broken.seq} 条断开：{told}", f"the chain breaks at line {broken.seq}: {told}"
    )
