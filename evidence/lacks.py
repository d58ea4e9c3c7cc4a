"""What a package may lack, in words.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

LACKS = {
    "capture": ("没有完整取证，只有巡查快照", "no full capture, only the sweep's snapshots"),
    "part": ("取证的一部分没有成功", "a part of a capture failed"),
    "limited": ("取到了，但不完整", "taken, but not whole"),
    "undated": ("取证时没有打时间戳", "not stamped when it was taken"),
    "file": ("存储中的文件缺失或被改动，没有放入", "a stored file is gone or was changed"),
    "decision": ("还没有人作出决定", "nobody has decided yet"),
    "awaits_second": (
        "决定尚待第二人复核，没有结论，包内不写出任何判断",
        "the decision waits for a second person: there is no conclusion, and none is told",
    ),
    "turned_down": (
        "第二人复核没有同意，没有生效的决定",
        "a second person did not agree: no decision is in force",
    ),
    "withdrawn": ("判定已撤销，没有生效的决定", "withdrawn: no decision is in force"),
    "reopened": (
        "案件已重新打开，没有生效的决定",
        "the case was opened again: no decision is in force",
    ),
    "sm3": ("制作时的 OpenSSL 没有 SM3，只有 SHA-256", "no SM3 in its OpenSSL; SHA-256 only"),
    "index": ("网页存档读不了，没有索引", "its WARC cannot be read; it has no index"),
}


def lack_words(what: str, of: str, why: str) -> tuple[str, str]:
    """Chinese, English."""
    zh, en = LACKS.get(what, (what, what))
    return f"缺：{zh}（{of}：{why}）", f"missing: {en} ({of}: {why})"
