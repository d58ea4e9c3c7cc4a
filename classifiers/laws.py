"""Legal basis by date: article numbers moved in 2025 and 2026, so each law is kept by version.

The facts are in tables/laws.yaml; a row not verified there is never cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from classifiers.tables_file import Row, read_table

DIGITS = "零一二三四五六七八九"
ARTICLE = re.compile(
    r"(\d+)(之[一二三四五六七八九十])?(?:\((\d+)\))?(?:\(([一二三四五六七八九十]+)\))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    id: str
    start: date
    until: date | None  # last day in force; None: still in force
    label: str  # as printed in brackets: "2021年修正", an order's number; "" for none
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    gives: str
    numbers: dict[str, tuple[str, bool]]  # version id -> number, verified
    penal: bool  # says what follows for the offender


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    title: str
    notice: str  # document number of a notice, cited by it alone; "" for a law
    versions: tuple[Version, ...]
    articles: dict[str, Article]

    def version(self, on: date) -> Version | None:
        return next(
            (v for v in self.versions if v.start <= on and (v.until is None or on <= v.until)),
            None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One violation code of the policy, with its names and the clause it hangs on."""

    code: str
    clause: str  # of 豫人社函〔2022〕129号, as "三、（二）"
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lawbook:
    laws: dict[str, Law]
    atoms: dict[str, Atom]
    bases: tuple[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], ...]
    platform: tuple[tuple[str, str], ...]
    site: tuple[tuple[str, str], ...]


POLICY = "豫人社函129号"
PARENT = "人社部函25号"
# The heading of the policy for a code the table lacks, by its first letter.
CLAUSES = {"A": "三、（一）", "B": "三、（二）", "C": "三、（三）"}


def basis(law_id: str, article: str, on: date) -> str | None:
    """The citation valid on that day, or None where it is not verified or not in force.

    `law_id` is the law's short Chinese name ("广告法"); `article` its number in the newest version
    listed, as "24(一)", "58(1)(六)" (paragraph, item), "287之一", or "" for the law as a whole.
    """
    law = lawbook().laws.get(law_id)
    version = law.version(on) if law else None
    if law is None or version is None or not version.verified or article not in law.articles:
        return None
    number, verified = law.articles[article].numbers.get(version.id, ("", False))
    if not verified:
        return None
    if law.notice:
        return f"{law.notice} {number}".rstrip()
    label = f"（{version.label}）" if version.label else ""
    return f"《{law.title}》{label}{in_words(number)}"


def describe(law_id: str, article: str) -> str | None:
    """What the article says, in a few Chinese words; None for one the table lacks."""
    law = lawbook().laws.get(law_id)
    row = law.articles.get(article) if law else None
    return row.gives if row else None


def for_code(code: str, on: date) -> tuple[str, ...]:
    """All verified citations for a violation code on that day, the statutes first.

    The policy and its parent notice always end the list, whatever the day: they order the clean-up
    of what is online now, even where the post is older than they are.
    """
    book = lawbook()
    rows = (laws for starts, laws in book.bases if code.startswith(starts))
    cited = cite((row for laws in rows for row in laws), on)
    atom = book.atoms.get(code)
    clause = atom.clause if atom else CLAUSES.get(code[:1], "三、（四）")
    policy, parent = book.laws[POLICY].notice, book.laws[PARENT].notice
    return (*cited, f"{policy} {clause}", parent)


def cited_for(code: str, on: date, recorded: Iterable[str], *, penal: bool) -> tuple[str, ...]:
    """What a paper may cite for a code: of what a finding recorded only what is verified still.

    `recorded`: citations as findings keep them, which may be older than the table or an office's
    own. `penal`: also articles that say what follows for the offender.
    """
    known = citations(on)
    found = dict.fromkeys([*(one for one in recorded if one in known), *for_code(code, on)])
    return tuple(one for one in found if penal or not known.get(one, False))


@lru_cache(maxsize=64)
def citations(on: date) -> dict[str, bool]:
    """Every verified citation of that day, and whether it is penal."""
    found = {
        cited: article.penal
        for law_id, law in lawbook().laws.items()
        for key, article in law.articles.items()
        if (cited := basis(law_id, key, on))
    }
    return found | {law.notice: False for law in lawbook().laws.values() if law.notice}


def notices() -> dict[str, str]:
    """The title of each notice that is cited by its document number alone."""
    return {law.notice: law.title for law in lawbook().laws.values() if law.notice}


def for_platform(on: date, *, site: bool = False) -> tuple[str, ...]:
    """The verified duties of who shows a violation: a platform, or who runs or hosts a site."""
    book = lawbook()
    return tuple(cite(book.site if site else book.platform, on))


def atom(code: str) -> Atom | None:
    """The violation code's names and clause, or None for a code the table lacks."""
    return lawbook().atoms.get(code)


def cite(rows: Iterable[tuple[str, str]], on: date) -> list[str]:
    """Verified citations in order, each once."""
    cited = (basis(law_id, article, on) for law_id, article in rows)
    return list(dict.fromkeys(words for words in cited if words))


def in_words(number: str) -> str:
    """ "58(1)(六)" as 第五十八条第一款第六项; "" stays empty."""
    found = ARTICLE.fullmatch(number)
    if found is None:
        return number
    article, inserted, paragraph, item = found.groups()
    parts = [f"第{numeral(int(article))}条{inserted or ''}"]
    if paragraph:
        parts.append(f"第{numeral(int(paragraph))}款")
    if item:
        parts.append(f"第{item}项")
    return "".join(parts)


def numeral(number: int) -> str:
    """Chinese numeral of 1..999 as statutes write it: 24 二十四, 110 一百一十, 208 二百零八."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (DIGITS[ones] if ones else "")


@cache
def lawbook() -> Lawbook:
    """The table, read once."""
    table = read_table("laws")
    return Lawbook(
        laws={row["id"]: law_of(row) for row in table["laws"]},
        atoms={
            code: Atom(code=code, clause=clause, zh=zh, en=en)
            for code, (clause, zh, en) in table["atoms"].items()
        },
        bases=tuple(
            (tuple(row["for"]), tuple((law, article) for law, article in row["laws"]))
            for row in table["bases"]
        ),
        platform=tuple((law, article) for law, article in table["platform"]),
        site=tuple((law, article) for law, article in table["site"]),
    )


def law_of(row: Row) -> Law:
    versions = tuple(
        Version(
            id=v["id"],
            start=v["from"],
            until=v.get("until"),
            label=v["label"],
            verified=v["verified"],
        )
        for v in row["versions"]
    )
    return Law(
        title=row["title"],
        notice=row.get("notice", ""),
        versions=versions,
        articles={
            a["key"]: article_of(a, versions, penal=row.get("penal", False))
            for a in row["articles"]
        },
    )


def article_of(row: Row, versions: tuple[Version, ...], *, penal: bool) -> Article:
    """An article that never moved has one number in all versions."""
    numbers = {v.id: (row["key"], row["verified"]) for v in versions}
    if "in" in row:
        numbers = {id_: (number, verified) for id_, (number, verified) in row["in"].items()}
    return Article(gives=row["gives"], numbers=numbers, penal=penal or row.get("penal", False))
