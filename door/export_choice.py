"""Which rows go on a list, and what may not be asked for together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from sqlalchemy import Engine

from door.platform_names import platform_key
from door.settings import SETTINGS
from door.takedown_drafting import OPEN_WEB, recipient_of
from exports.registry import Exporter
from storage.bilingual import Problem
from storage.exports import DecidedRow, decided_rows
from storage.handed_out import MACHINE
from storage.records import Verdict
from storage.takedown_states import ItemState
from storage.takedowns import get_request

SHOWN = 20  # sites named in a refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which cases go on the list, and how."""

    platform: str = ""  # key or Chinese name, "" for all
    since: str = ""  # decided on this Chinese day or later, as 2026-03-01; "" for all
    masked: bool = True
    lang: str = SETTINGS.lang
    to: str = ""  # the department of a transfer letter
    office: str = SETTINGS.office
    site: str = ""  # one site of the open web, by its host or the name somebody registered
    request: int = 0  # what this takedown request asks for, 0 for no request
    by: str = MACHINE  # who is answerable for it
    internal: bool = False  # with the columns that are the office's alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was asked for, found out."""

    platform: str = ""
    site: str = ""
    since: datetime | None = None
    posts: tuple[int, ...] | None = None  # rows that a request asks for
    request_no: str = ""

    def rows(self, engine: Engine, verdicts: Sequence[Verdict]) -> Iterator[DecidedRow]:
        found = chain.from_iterable(
            decided_rows(engine, self.platform or None, self.since, verdict, self.posts)
            for verdict in verdicts
        )
        return (row for row in found if not self.site or recipient_of(row) == self.site)


def choose(engine: Engine, chosen: Exporter, asked: Asked, since: datetime | None) -> Choice:
    """Raises Problem for what does not go together, and for what is not there."""
    refuse_mixes(chosen, asked)
    if asked.request:
        return of_request(engine, asked.request)
    choice = Choice(platform=platform_key(asked.platform), since=since)
    if asked.site:
        return of_site(engine, chosen, choice, asked.site)
    if chosen.addressed and choice.platform == OPEN_WEB:
        raise one_site_please(sites(engine, chosen, choice))
    return choice


def refuse_mixes(chosen: Exporter, asked: Asked) -> None:
    """Raise Problem for options of which one would be passed over in silence."""
    lists = chosen.format in {"xlsx", "csv"}
    mixed = (
        (
            asked.to and chosen.format not in {"transfer", "letter"},
            "“转给部门或者函的收件方”（--to）只用于转办函和一个网站的函",
            "A department or receiver (--to)",
        ),
        (
            asked.internal and not lists,
            "“内部清单”（--internal）只用于清单（XLSX、CSV）",
            "An internal list (--internal)",
        ),
        (
            asked.request and (asked.platform or asked.site or asked.since),
            "已选定一份处置请求（--request），不能再选平台、网站、起始日期"
            "（--platform、--site、--since）",
            "A request (--request), with platform, site or first day (--platform, --site, "
            "--since),",
        ),
        (
            asked.request and chosen.format == "transfer",
            "处置请求（--request）是给平台的，不用于转办函",
            "A request (--request), for a transfer letter,",
        ),
        (
            asked.site and platform_key(asked.platform) not in {"", OPEN_WEB},
            "“网站”一栏（--site）只用于平台“网站”，不能与别的平台同用",
            "A site (--site), with another platform than web,",
        ),
    )
    for wrong, zh, en in mixed:
        if wrong:
            raise Problem(
                f"{zh}，没有生成文件。请去掉多余的一项。",
                f"{en} does not go with this; no file was made. Leave out what is too much.",
            )


def of_request(engine: Engine, number: int) -> Choice:
    request = get_request(engine, number)
    asked_for = [item for item in request.items if item.state is not ItemState.WITHDRAWN]
    return Choice(
        platform=request.platform,
        site=request.recipient if request.platform == OPEN_WEB else "",
        posts=tuple(item.post_row for item in asked_for),
        request_no=request.request_no,
    )


def of_site(engine: Engine, chosen: Exporter, choice: Choice, site: str) -> Choice:
    wanted = site.strip().lower().split("://", 1)[-1].split("/", 1)[0]
    there = sites(engine, chosen, replace(choice, platform=OPEN_WEB))
    for known in there:
        if wanted == known or wanted.endswith(f".{known}"):
            return replace(choice, platform=OPEN_WEB, site=known)
    raise Problem(
        f"没有网站“{wanted}”的已审核案件，没有生成文件。{named(there)[0]}",
        f"No decided case is of the site “{wanted}”; no file was made. {named(there)[1]}",
    )


def sites(engine: Engine, chosen: Exporter, choice: Choice) -> Counter[str]:
    """How many rows each site of the open web has."""
    every = replace(choice, platform=OPEN_WEB, site="")
    return Counter(recipient_of(row) for row in every.rows(engine, chosen.verdicts))


def named(there: Counter[str]) -> tuple[str, str]:
    if not there:
        return "现在没有网站的已审核案件。", "There is no decided case of any site."
    known = [f"{site}（{count}）" for site, count in there.most_common(SHOWN)]
    rest = f" 等 {len(there)} 个" if len(there) > SHOWN else ""
    return f"有：{'、'.join(known)}{rest}。", f"There are: {', '.join(known)}."


def one_site_please(there: Counter[str]) -> Problem:
    zh, en = named(there)
    return Problem(
        "各网站的主办者不同，一家一函，没有生成文件。请填写网站，或者到处置请求页上"
        f"按请求生成（命令行：--site、--request）。{zh}",
        "Each site has an owner of its own: a letter goes to one of them; no file was made. Name "
        f"the site, or make it on a request's page (command line: --site, --request). {en}",
    )
