"""`certsweep parse`: what a spider reads in a saved page, as one JSON object."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.archived import unarchived
from crawler.canon import canonical
from crawler.reading import Reading
from door.sources import all_sources, source_of
from door.speech import out, t
from storage.bilingual import Problem
from storage.machine_words import os_words
from storage.records import Page, PageState

HELP = t(
    "读一个保存下来的网页，以 JSON 输出读到的内容。",
    "Read one saved page and print what was read as JSON.",
)


def command(
    file: Annotated[
        Path, typer.Argument(metavar=t("文件", "FILE"), help=t("保存下来的网页", "the saved page"))
    ],
    source: Annotated[
        str,
        typer.Option(
            metavar=t("来源", "SOURCE"),
            help=t("由哪个来源读，如 网站", "which source reads it, as institution"),
        ),
    ],
    url: Annotated[
        str, typer.Option(metavar=t("网址", "URL"), help=t("网页原来的网址", "the page's own URL"))
    ],
    status: Annotated[
        int,
        typer.Option(
            metavar=t("数字", "NUMBER"), help=t("当时的 HTTP 状态码", "HTTP status it had")
        ),
    ] = 200,
    fetched_at: Annotated[
        datetime | None,
        typer.Option(
            metavar=t("时间", "TIME"),
            help=t(
                "采集时间（不写时区则为 UTC），换算“3天前”之类",
                "when it was fetched (UTC where it names no zone), to read “3 days ago”",
            ),
        ),
    ] = None,
) -> None:
    """Read one saved page."""
    reading = all_sources()[source_of(source)]().read(saved_page(file, url, status, fetched_at))
    out.print(json.dumps(as_json(reading), ensure_ascii=False), markup=False)


def saved_page(file: Path, url: str, status: int, fetched_at: datetime | None) -> Page:
    """The file as if it had just been fetched; no header says its charset.

    A URL of a web archive stands for the page it kept, as of the moment it was taken.
    """
    url, archived_at = unarchived(url)
    canonical(url)  # raises a Problem that says what is wrong with it
    try:
        body = file.read_bytes()
    except OSError as error:
        why = os_words(error)
        raise Problem(
            f"读不了文件 {file}：{why.zh}；请检查路径。",
            f"cannot read {file}: {why.en}; check the path.",
        ) from error
    return Page(
        url=url,
        final_url=url,
        status=status,
        headers=(("content-type", "text/html"),),
        body=body,
        fetched_at=in_utc(fetched_at) if fetched_at else archived_at or datetime.now(UTC),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def in_utc(moment: datetime) -> datetime:
    """A time that names its zone is believed; one that does not is UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_json(reading: Reading) -> dict[str, Any]:
    """An empty shell that would be asked again through the browser is, as saved, a shell.

    What a removal page tells of the account stands among the posts; the state says what it is.
    """
    state = PageState.BLOCKED if reading.wants_browser else reading.state
    posts = reading.posts or ((reading.notice,) if reading.notice else ())
    return {
        "state": str(state),
        "reason": reading.reason,
        "posts": [post_json(asdict(post)) for post in posts],
        "links": list(reading.links),
    }


def post_json(post: dict[str, Any]) -> dict[str, Any]:
    moment = post["published_at"]
    counts = {
        name: {"raw": raw, "parsed": parsed} for name, (raw, parsed) in post["counts"].items()
    }
    return post | {"published_at": moment.isoformat() if moment else None, "counts": counts}
