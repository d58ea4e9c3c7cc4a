"""Which job titles are in 国家职业资格目录 (2021), and the shape of certificate codes.

Facts in tables/catalogue.yaml. A title in the catalogue does not make an advertisement lawful: it
says only that 职业资格 and, for job-entry items, 持证上岗 are lawful words for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from classifiers.tables_file import Row, automaton, read_table, searchable


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title of the catalogue, of another legal requirement, or of advertisements only."""

    name: str
    in_catalogue: bool
    job_entry: bool  # the law forbids the job without the certificate
    status: str  # what the title really is, one Chinese sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A title named in a text, at `text[start:end]`."""

    start: int
    end: int
    title: str  # canonical name
    in_catalogue: bool
    job_entry: bool
    status: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    words: tuple[str, ...]
    titles: dict[str, Title]
    finder: AhoCorasick
    provinces: frozenset[str]
    levels: dict[str, str]  # 高级工 -> 三级


# 22 characters: kind, body, province, series, year, level, number. Long runs are cut by the bounds.
CODE = re.compile(r"(?<![A-Za-z0-9])[YSys][0-9]{15,27}(?![A-Za-z0-9])")
CHIEF = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{20}(?![A-Za-z0-9])")
# Any run of letters and digits introduced as a certificate's number.
NAMED = re.compile(
    r"(?:证书|资格证|等级证|证件)(?:编号|号码|编码|号)[ \t　]{0,4}(?:[:：是为][ \t　]{0,4})?"
    r"([A-Za-z0-9]{6,40})(?![A-Za-z0-9])"
)
OLD = re.compile(r"[0-9]{16}")  # 职业资格证书 before 职业技能等级 existed
SUPERVISOR = re.compile(r"R[0-9]{8}")


def find_jobs(text: str) -> list[Job]:
    """All titles named, in order, the longest at each place; linear in the text."""
    book = catalogue()
    found = book.finder.find_matches_as_indexes(searchable(text))
    return [
        Job(
            start=start,
            end=end,
            title=title.name,
            in_catalogue=title.in_catalogue,
            job_entry=title.job_entry,
            status=title.status,
        )
        for word, start, end in found
        if (title := book.titles.get(book.words[word]))
    ]


def title_of(name: str) -> Title | None:
    """What is known of a title by any of its names."""
    return catalogue().titles.get(name)


def skill_level(name: str) -> str | None:
    """高级工 as 三级; None for words that are no level."""
    return catalogue().levels.get(name)


def certificate_code(text: str) -> list[tuple[int, int, str, str | None]]:
    """Certificate codes as (start, end, code, problem); problem None for a well-formed one.

    Well-formed proves nothing. The problem is a Chinese sentence, a lead to E3-02. The rule of the
    code was read in secondary sources only (policy.md §5.3).
    """
    found = {(m.start(), m.end()): m.group() for m in CODE.finditer(text)}
    found |= {(m.start(), m.end()): m.group() for m in CHIEF.finditer(text)}
    found |= {m.span(1): m.group(1) for m in NAMED.finditer(text)}
    return [(start, end, code, problem_of(code)) for (start, end), code in sorted(found.items())]


def problem_of(code: str) -> str | None:
    """What is wrong with a code, None if its shape is a known one."""
    if OLD.fullmatch(code) or SUPERVISOR.fullmatch(code) or CHIEF.fullmatch(code):
        return None
    if code[0] not in "YS" or not code[1:].isdigit():
        return "编号不是“Y或S加21位数字”，与职业技能等级证书编码规则不符"
    if len(code) != 22:
        return f"职业技能等级证书编码应为22位，实为{len(code)}位"
    province, year, level = code[5:7], code[13:15], code[15]
    wrong = {
        f"编码第6—7位“{province}”不是省级行政区划代码": province not in catalogue().provinces,
        f"编码第16位“{level}”不是技能等级（应为1—5）": level not in "12345",
        # 职业技能等级认定 began in 2019.
        f"编码中的年份“{year}”早于职业技能等级认定开始的2019年": int(year) < 19,
    }
    return next((words for words, is_wrong in wrong.items() if is_wrong), None)


@cache
def catalogue() -> Catalogue:
    """The table, read once."""
    table = read_table("catalogue")
    titles = dict(named_titles(table))
    words = tuple(dict.fromkeys([*titles, *table["stop"]]))
    levels = {word: row["level"] for row in table["levels"] for word in row["words"]}
    return Catalogue(
        words, titles, automaton(list(words)), frozenset(table["provinces"].split()), levels
    )


def named_titles(table: Row) -> Iterator[tuple[str, Title]]:
    """Each form with its title; the catalogue last, so that it wins over a hot title."""
    for row in table["hot"]:
        yield from forms(
            row, Title(name=row["name"], in_catalogue=False, job_entry=False, status=row["status"])
        )
    for row in table["required"]:
        yield from forms(
            row,
            Title(
                name=row["name"],
                in_catalogue=False,
                job_entry=True,
                status="法律要求持有，但不是国家职业资格",
            ),
        )
    for row in table["items"]:
        kind = "准入类" if row["entry"] else "水平评价类"
        status = f"国家职业资格目录（2021年版）第{row['number']}项，{kind}"
        yield from forms(
            row, Title(name=row["name"], in_catalogue=True, job_entry=row["entry"], status=status)
        )


def forms(row: Row, title: Title) -> Iterator[tuple[str, Title]]:
    return ((word, title) for word in (row["name"], *row.get("words", ())))
