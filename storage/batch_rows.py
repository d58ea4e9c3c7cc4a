"""Which posts stand in which list or letter, and whether one fits a takedown request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.database import write
from storage.exports import DecidedRow
from storage.models import export_batches, posts
from storage.models_exports import export_jobs
from storage.platform_words import platform_name
from storage.takedown_models import export_batch_posts, takedown_items

OPEN_WEB = "web"
# Forms made for others than the platform.
ELSEWHERE = frozenset({"transfer", "12377"})
LISTS = frozenset({"letter", "xlsx", "csv"})


class Listed:
    """The posts that go into a list, noted as they pass."""

    def __init__(self) -> None:
        self._rows: dict[int, None] = {}

    def passing(self, rows: Iterable[DecidedRow]) -> Iterator[DecidedRow]:
        for row in rows:
            self._rows[row.post_row] = None
            yield row

    def keep(self, engine: Engine, batch_no: str) -> None:
        """Write down what stands in the list of this number, once it is registered."""
        hold(engine, batch_no, self._rows)


def hold(engine: Engine, batch_no: str, post_rows: Iterable[int]) -> None:
    values = [{"batch_no": batch_no, "post_row": row} for row in post_rows]
    if values:
        with write(engine) as connection:
            connection.execute(insert(export_batch_posts), values)


def fitting_batch(connection: Connection, batch_no: str, request: AnyRow) -> AnyRow:
    """The list of this number as it is registered, if it is one for this request.

    Raises Problem where it is none that was finished, is empty, was made for another platform or
    for an office, lacks an address of the request, or, on the open web, tells one site's owner of
    another's.
    """
    statement = select(export_batches).where(export_batches.c.batch_no == batch_no)
    batch = connection.execute(statement).one_or_none()
    if batch is None or not batch.sha256:
        raise Problem(
            f"没有登记过批次 {batch_no} 的清单（或没有生成完），没有写入。"
            "请先生成：本请求页上的“按本请求生成”（命令行：certsweep export）。",
            f"No finished list {batch_no} is registered; nothing was written. Make it first, on "
            "the request's page (command line: certsweep export).",
        )
    not_void(connection, batch)
    for_whom(batch, request)
    for_which(connection, batch, request)
    return batch


def not_void(connection: Connection, batch: AnyRow) -> None:
    """Of a job that failed or was cancelled the numbers it took are void: there is no file."""
    if batch.job_id is None:
        return
    statement = select(export_jobs.c.state).where(export_jobs.c.id == batch.job_id)
    if connection.execute(statement).scalar_one_or_none() != "done":
        raise Problem(
            f"批次 {batch.batch_no} 已作废（任务 {batch.job_id} 没有完成，没有文件），没有写入。"
            "请重新导出。",
            f"Batch {batch.batch_no} is void: job {batch.job_id} did not finish and left no file; "
            "nothing was written. Export again.",
        )


def for_whom(batch: AnyRow, request: AnyRow) -> None:
    filters: dict[str, Any] = batch.filters or {}
    made_for = filters.get("platform") or ""
    if batch.format in ELSEWHERE:
        raise Problem(
            f"批次 {batch.batch_no} 是 {batch.format} 格式、给主管部门或举报中心的，"
            f"不是给平台的；没有写入。",
            f"Batch {batch.batch_no} is of the form {batch.format}, made for an office and not for "
            "a platform; nothing was written.",
        )
    if batch.format not in LISTS:
        zh, en = made_anew(request)
        raise Problem(
            f"批次 {batch.batch_no} 是日报或者简报，不是清单，也不是函；没有写入。{zh}",
            f"Batch {batch.batch_no} is a brief, neither a list nor a letter; nothing was written. "
            f"{en}",
        )
    if made_for != request.platform:
        whose = platform_name(made_for) if made_for else "全部平台"
        web = request.platform == OPEN_WEB
        to = f"网站 {request.recipient}" if web else platform_name(request.platform)
        zh, en = made_anew(request)
        raise Problem(
            f"批次 {batch.batch_no} 是为{whose}导出的，请求 {request.request_no} 是给{to} 的；"
            f"没有写入。{zh}",
            f"Batch {batch.batch_no} was made for {made_for or 'all platforms'}, request "
            f"{request.request_no} is for {request.recipient}; nothing was written. {en}",
        )


def made_anew(request: AnyRow) -> tuple[str, str]:
    """What to do, in the way that always fits: a list of this very request."""
    ask = f"certsweep export letter --request {request.id} --out"
    return (
        f"请在该请求页上点“按本请求生成”（命令行：{ask} 文件夹），再登记所得的批次号。",
        f"Make it on the request's page (command line: {ask} FOLDER) and record that number.",
    )


def for_which(connection: Connection, batch: AnyRow, request: AnyRow) -> None:
    """Held against the posts that went into the list, whichever version of them."""
    listed = identities(
        connection,
        select(export_batch_posts.c.post_row).where(
            export_batch_posts.c.batch_no == batch.batch_no
        ),
    )
    if not listed:
        raise Problem(
            f"批次 {batch.batch_no} 是空的，或没有留下所含网址的记录；没有写入。"
            + made_anew(request)[0],
            f"Batch {batch.batch_no} holds no address, or none is on record; nothing was written. "
            "Export again.",
        )
    items = connection.execute(
        select(takedown_items.c.id, takedown_items.c.url, posts.c.identity)
        .join(posts, posts.c.id == takedown_items.c.post_row)
        .where(takedown_items.c.request_id == request.id, takedown_items.c.state == "approved")
        .order_by(takedown_items.c.id)
    ).all()
    for item in items:
        if item.identity not in listed:
            raise Problem(
                f"批次 {batch.batch_no} 不含本请求的条目 {item.id}（{item.url[:80]}），没有写入。"
                + made_anew(request)[0],
                f"Batch {batch.batch_no} does not hold item {item.id} of this request "
                f"({item.url[:80]}); nothing was written.",
            )
    others = len(listed - {item.identity for item in items})
    if request.platform == OPEN_WEB and others:
        raise Problem(
            f"批次 {batch.batch_no} 另有 {others} 条不属于本请求的网站，不能发给 "
            f"{request.recipient}；没有写入。{made_anew(request)[0]}",
            f"Batch {batch.batch_no} holds {others} addresses of other sites and cannot have gone "
            f"to {request.recipient}; nothing was written. Export for this request alone.",
        )


def identities(connection: Connection, rows: Any) -> set[bytes]:  # noqa: ANN401 (SQL)
    statement = select(posts.c.identity).where(posts.c.id.in_(rows))
    return set(connection.execute(statement).scalars())
