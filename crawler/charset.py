"""Bytes to text for pages that are wrong about their own encoding, as many Chinese ones are."""

from __future__ import annotations

import codecs
import re

# Labels of the WHATWG Encoding Standard that matter here. An allow-list: Python has codecs that
# inflate or execute (zlib, unicode_escape), and a page may name any of them.
CODECS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "chinese": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1251": "cp1251",
    "koi8-r": "koi8_r",
}
NAMES = {"big5hkscs": "big5"}  # as reported
ELSEWHERE = frozenset({"cp932", "euc_jp", "cp949"})  # believed where every byte fits
ONE_BYTE = frozenset({"cp1252", "cp1251", "koi8_r"})  # every byte always fits: believed last

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
META = re.compile(
    rb"<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})",
    re.IGNORECASE,
)
META_WITHIN = 4_096  # bytes; the HTML standard looks at 1,024, Chinese pages put styles first

HIGH = re.compile(rb"[\x80-\xff]")
SAMPLE = 8_000  # bytes from the first that is not ASCII
# The commonest characters of both scripts and of this field: mojibake hardly ever has one.
COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会可也你对就年下说子以学"
    "业资格证书培训考试报名中心教育职业技能电话联系，。、：這個國們來時會說學業資證書訓試報職為]"
)
# What no page means to say: undecodable, private use, C1 controls.
STRANGE = re.compile("[\ufffd\ue000-\uf8ff\u0080-\u009f]")
STRANGE_COSTS = 4


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """(text, name of the encoding it was read in); undecodable bytes become U+FFFD.

    Order: byte-order mark, UTF-8 where the bytes are that, then whichever of the declared and the
    Chinese encodings reads most like Chinese. Never raises.
    """
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    wide = wide_codec(body)
    if wide:
        return body.decode(wide, "replace"), wide
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 and error.reason == "unexpected end of data":
            return body.decode("utf-8", "replace"), "utf-8"  # cut off within a character
    codec = best_codec(body, content_type)
    return body.decode(codec, "replace"), NAMES.get(codec, codec)


def wide_codec(body: bytes) -> str:
    """UTF-16 without a mark, told by the zero half of every ASCII character; "" if not."""
    head = body[:256]
    if len(head) < 8 or head.count(0) * 3 < len(head):
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def best_codec(body: bytes, content_type: str) -> str:
    """Codec for bytes that are not UTF-8, or not quite."""
    declared = hints(body, content_type)
    for codec in declared:
        if codec in ELSEWHERE and fits(body, codec):
            return codec
    first = HIGH.search(body)
    start = first.start() if first else 0
    sample = body[start : start + SAMPLE]
    order = [codec for codec in declared if codec not in ELSEWHERE | ONE_BYTE]
    order += ["gb18030", "big5hkscs", "utf-8", *(c for c in declared if c in ONE_BYTE)]
    return max(order, key=lambda codec: worth(sample, codec))  # the first of equals


def hints(body: bytes, content_type: str) -> list[str]:
    """Codecs that the page's meta and its header name; the page knows itself better."""
    meta = META.search(body, 0, META_WITHIN)
    header = HEADER.search(content_type)
    labels = [meta[1].decode("ascii", "replace") if meta else "", header[1] if header else ""]
    return [CODECS[label.lower()] for label in labels if label.lower() in CODECS]


def fits(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def worth(sample: bytes, codec: str) -> int:
    """How much a sample read in this codec looks like a page somebody meant to write."""
    if codec in ONE_BYTE:
        return 0
    text = sample.decode(codec, "replace")
    return len(COMMON.findall(text)) - STRANGE_COSTS * len(STRANGE.findall(text))
