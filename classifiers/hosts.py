"""Official hosts of this field, and hosts that imitate them.

A whitelist by exact registrable host (tables/hosts.yaml): several genuine ones are .com.cn and
.org.cn, and a .gov.cn host is a government's without being a place to look certificates up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from classifiers.tables_file import read_table
from storage.bilingual import Bilingual

GOVERNMENT = "政府网站"
HOW = MappingProxyType(
    {
        "embedded": Bilingual(
            "把官方域名写进自己的域名", "carries the official host in its own name"
        ),
        "homoglyph": Bilingual("形近字符冒充", "letters that look alike"),
        "added_token": Bilingual("官方名称加前后缀", "the official name with words added"),
        "wrong_tld": Bilingual("官方名称换后缀", "the official name under another ending"),
        "pinyin": Bilingual("官方名称的拼音", "the official name spelt in pinyin"),
        "edit_distance": Bilingual(
            "与官方域名只差一个字符", "one character from the official host"
        ),
    }
)
# Letters that look like others; Cyrillic and Greek as they arrive in an internationalised host.
GLYPHS = str.maketrans("0135аеоорсухіјѕԁһѵоανικτ", "olesaeoopcyxijsdhvoavikt")
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("l", "i"))
SECOND_LEVEL = re.compile(r"(?<=\.)(?:com|net|org|gov|edu|ac|mil|[a-z]{2})\.cn$")
FAKE_GOV = re.compile(r"(?:^|[.-])gov(?:-cn|cn)(?:[.-]|$)|-gov(?:[.-]|$)|(?:^|[.-])gov-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    host: str
    what: str
    kind: str
    brand: str
    pinyin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whitelist:
    rows: tuple[Official, ...]
    tokens: frozenset[str]
    endings: frozenset[str]


def official(host: str) -> str | None:
    """Whose the host is, in Chinese; None if not on the list and not under .gov.cn."""
    row = official_row(host)
    if row:
        return row.what
    name = plain(host)
    return GOVERNMENT if name == "gov.cn" or name.endswith(".gov.cn") else None


def is_query_channel(host: str) -> bool:
    """Whether certificates can officially be looked up on this very host."""
    row = official_row(host)
    return row is not None and row.kind == "query"


def lookalike(host: str) -> tuple[str, str] | None:
    """The official host imitated and how, a key of HOW; None for official and unrelated hosts."""
    name = plain(host)
    if "." not in name or official(name):
        return None
    for check in (embedded, homoglyph, borrowed, spelt_out, one_off):
        found = check(name)
        if found:
            return found
    return ("gov.cn", "added_token") if FAKE_GOV.search(name) else None


def embedded(name: str) -> tuple[str, str] | None:
    """osta.org.cn.example.com, osta-org-cn.example.com."""
    dotted = f".{name.replace('-', '.')}."
    for row in whitelist().rows:
        if f".{row.host}." in dotted:
            return row.host, "embedded"
    return ("gov.cn", "embedded") if ".gov.cn." in f".{name}." else None


def homoglyph(name: str) -> tuple[str, str] | None:
    """0sta.org.cn, and Cyrillic letters behind xn--."""
    readable = unicode_host(name)
    for row in whitelist().rows:
        for ours, theirs in ((row.host, readable), (site(row.host)[0], site(readable)[0])):
            long_enough = len(ours) > 4 or not theirs.isascii()
            if long_enough and theirs != ours and skeleton(theirs) == skeleton(ours):
                return row.host, "homoglyph"
    return None


def borrowed(name: str) -> tuple[str, str] | None:
    """osta.net.cn: another ending; osta-cx.cn, cxosta.com: another word beside it."""
    label, ending = site(name)
    if ending not in whitelist().endings:
        return None
    parts = [part for part in re.split(r"[-.]", name[: -len(ending) - 1]) if part != "www"]
    for row in whitelist().rows:
        # Four letters of a .gov.cn sub-host (hrss, cnse) are anybody's abbreviation elsewhere.
        known = len(row.brand) >= 5 or not row.host.endswith(".gov.cn")
        if row.brand and label == row.brand and known:
            return row.host, "wrong_tld"
        if row.brand and beside(row.brand, parts):
            return row.host, "added_token"
    return None


def beside(brand: str, parts: list[str]) -> bool:
    """The borrowed name next to a word an imitator adds, in one part or in neighbouring ones."""
    tokens = whitelist().tokens
    if brand in parts:
        return len(brand) >= 6 or any(part in tokens for part in parts if part != brand)
    glued = (part.replace(brand, "", 1) for part in parts if brand in part)
    return any(rest in tokens for rest in glued)


def spelt_out(name: str) -> tuple[str, str] | None:
    """renshikaoshi-wang.cn, with or without hyphens."""
    ending = site(name)[1]
    if ending not in whitelist().endings:
        return None
    joined = name[: -len(ending) - 1].replace("-", "")
    return next(
        ((row.host, "pinyin") for row in whitelist().rows if any(p in joined for p in row.pinyin)),
        None,
    )


def one_off(name: str) -> tuple[str, str] | None:
    """One character more, less or other. Short names are too near to strangers' to be judged by
    themselves: they need the very same ending and a sub-host of the official one before them.
    """
    label, ending = site(name)
    first = name.partition(".")[0]
    for row in whitelist().rows:
        brand, own_ending = site(row.host)
        if len(brand) >= 6 and ending in whitelist().endings and one_apart(label, brand):
            return row.host, "edit_distance"
        if len(row.host) >= 14 and one_apart(name, row.host):
            return row.host, "edit_distance"
        same = ending == own_ending and name.count(".") > row.host.count(".")
        if same and one_apart(label, brand) and first in whitelist().tokens - {"www"}:
            return row.host, "edit_distance"
    return None


def one_apart(one: str, other: str) -> bool:
    """One insertion, deletion, substitution or swap of neighbours between them."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


def plain(host: str) -> str:
    """Lower case, without the root's dot and a port."""
    return host.strip().lower().partition(":")[0].rstrip(".")


def site(name: str) -> tuple[str, str]:
    """The registered label and the ending it stands under: ("osta", "org.cn")."""
    found = SECOND_LEVEL.search(name)
    ending = found.group() if found else name.rpartition(".")[2]
    return name[: -len(ending) - 1].rpartition(".")[2], ending


def unicode_host(name: str) -> str:
    """xn-- labels as their letters; a label that cannot be read stays as it is."""
    return ".".join(unicode_label(label) for label in name.split("."))


def unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def skeleton(name: str) -> str:
    """The same string for names that look alike."""
    shape = name.translate(GLYPHS)
    for pair, letter in PAIRS:
        shape = shape.replace(pair, letter)
    return shape


def official_row(host: str) -> Official | None:
    """The longest row the host is or stands below."""
    name = plain(host)
    rows = (r for r in whitelist().rows if name == r.host or name.endswith(f".{r.host}"))
    return max(rows, key=lambda row: len(row.host), default=None)


@cache
def whitelist() -> Whitelist:
    """The table, read once."""
    table = read_table("hosts")
    rows = tuple(
        Official(
            host=row["host"],
            what=row["what"],
            kind=row["kind"],
            brand=row.get("brand", ""),
            pinyin=tuple(row.get("pinyin", ())),
        )
        for row in table["official"]
    )
    return Whitelist(rows, frozenset(table["tokens"].split()), frozenset(table["endings"].split()))
