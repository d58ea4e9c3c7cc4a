"""How what a package lacks, and what came of timestamps, is told to people."""

from __future__ import annotations

from door.capture_words import PART_WORDS, part_word
from door.evidence_custody import Apart
from door.speech import t
from evidence.lacks import HOLDER_NAMES, LACKS, OTHER_WHY
from evidence.layout import TEST_MARK
from evidence.pieces import Lack
from evidence.seal import FAILED_STATE, SEALED, Sealing
from evidence.timestamps import FAILED, PENDING
from evidence.verifier import TEST_REMARK
from storage.bilingual import Bilingual
from storage.custody import Broken

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
APART = {
    "no_package": Bilingual(
        "这份清单签过名，登记表里却没有它的证据包",
        "it was signed, but no register knows it",
    ),
    "not_signed": Bilingual(
        "登记表里有它，保管链里却没有签名的一条", "registered, but no line says that it was signed"
    ),
    "not_packaged": Bilingual(
        "登记的文件与保管链里最后写入的不同", "the register names another file than the last line"
    ),
    "not_stamped": Bilingual("有这个时间戳，保管链里却没有", "stamped, but no line tells of it"),
    "no_stamp": Bilingual("保管链里有这个时间戳，它却不见了", "a line tells of it, but it is gone"),
    "roll": Bilingual("名册与保管链不一致", "the table of rolls and the chain differ"),
    "two_anchors": Bilingual(
        "两份已签名的清单对同一条说法不同", "two signed manifests say different things of one line"
    ),
    "not_ours": Bilingual("不是本机关签名的完整证据包", "no whole package signed by this office"),
}

HOLDERS = {kind: Bilingual(*words) for kind, words in HOLDER_NAMES.items()}
WHY = {why: Bilingual(*words) for why, words in OTHER_WHY.items()}
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
    "no http(s) address": "不是网址，或者写有密码；请管理员检查 CERTSWEEP_TSA",
    "more than": "答复太大",
}


def said_of(words: Bilingual) -> str:
    return t(words.zh, words.en)


def lack_line(lack: Lack) -> str:
    """`of` as "capture:<id> <part>" or "case:<number>", `why` one word."""
    told = t(*LACKS.get(lack.what, (lack.what, lack.what)))
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


UNCOMPLETED = Bilingual(
    "没有封存：制作时没有设时间戳机构，这个包以后补不成；设好机构后请重新制作",
    "not sealed: no timestamp authority was set when it was made, and none can be added to it; "
    "make it again once one is set",
)


def sealing_words(sealing: Sealing) -> str:
    return said_of(sealing_said(sealing))


def sealing_said(sealing: Sealing) -> Bilingual:
    """Of a package that no authority was ever asked for there is nothing to wait for."""
    waits = sealing.state == SEALED or sealing.standings
    return STATES[sealing.state] if waits else UNCOMPLETED


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


def apart_words(apart: Apart) -> str:
    told = said_of(APART[apart.what])
    return t(f"{apart.subject}：{told}", f"{apart.subject}: {told}")


def break_words(broken: Broken) -> str:
    told = said_of(BREAKS[broken.why])
    return t(
        f"保管链在第 {broken.seq} 条断开：{told}", f"the chain breaks at line {broken.seq}: {told}"
    )
