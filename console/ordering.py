"""Orders for files, from a page or from a program: what is asked for, and who may ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Engine

from console.desk import Desk
from console.forms import today
from console.reasons import reason_given
from console.roles import Act, Caller, may
from exports.registry import exporter
from exports.takedown_rows import ListHead
from storage.bilingual import Problem
from storage.blindness import shut_to_packages
from storage.cases import get_case
from storage.columns import utc_now
from storage.export_cancel import cancel
from storage.export_jobs import CAPTURE, EACH, Job, JobState, Order, place_order
from storage.persons import same_person
from storage.platform_words import PLATFORMS
from storage.users import User

LONGEST_TO, LONGEST_SITE = 60, 253
EARLIEST = date(2000, 1, 1)
OPEN_WEB = "web"
ONE_SITE = "that of the request"  # or none: its letter is refused when it is made
AGAIN = frozenset({JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED})


def ordered(desk: Desk, asked: Order, one: Caller) -> int:
    number = place_order(desk.engine, asked, one.user.login)
    desk.wake()
    return number


def list_order(asked: Order, one: Caller) -> Order:
    """Raises Problem for what no file could be made of, before it takes a place in line."""
    chosen = exporter(asked.form)
    order = replace(asked, kind="list", form=chosen.format)
    if chosen.together and order.platform == EACH:
        order = replace(order, platform="")
    if order.platform and order.platform != EACH and order.platform not in PLATFORMS:
        raise unknown()
    if order.request or order.site:
        order = replace(order, platform="", since="" if order.request else order.since)
    if order.since:
        in_reach(date.fromisoformat(order.since))
    if not order.masked:
        one.demand(Act.UNMASK)
        order = replace(order, why=reason_given(order.why))
    if chosen.refuse is not None:
        chosen.refuse(head_of(order))
    return order


def head_of(order: Order) -> ListHead:
    """What a file of the order is about, as far as that can be said before it is made."""
    each = order.platform in {EACH, OPEN_WEB} or order.request or order.site
    # Of a letter to each platform every one has its platform, and to each site its site.
    return ListHead(
        batch_no="",
        made_at=utc_now(),
        platform="weibo" if each else order.platform,
        site=order.site or (ONE_SITE if order.request and order.to else ""),
        to=order.to,
        masked=order.masked,
    )


def unknown() -> Problem:
    return Problem(
        "看不懂要生成什么，没有生成。请从“清单与函件”页重新选择。",
        "What is to be made is not understood; nothing was made. Choose again.",
    )


def in_reach(day: date) -> date:
    if not EARLIEST <= day <= today():
        raise Problem(
            f"日期须在 {EARLIEST} 到今天之间，没有生成。",
            f"The day must lie between {EARLIEST} and today; nothing was made.",
        )
    return day


def brief_order(day: date | None, days: int) -> Order:
    last = in_reach(day).isoformat() if day is not None else ""
    return Order(kind="brief", day=last, days=days)


def evidence_order(
    engine: Engine, case_id: int, one: Caller, why: str, *, capture: bool = False
) -> Order:
    """`capture`: its pages are captured first. A Problem here rather than in a job.

    Originals are not masked, so it takes the right to see contacts, and a reason.
    """
    one.demand(Act.UNMASK)
    refuse_open_round(engine, case_id)
    return Order(
        kind="evidence",
        form=CAPTURE if capture else "",
        case_id=case_id,
        masked=False,
        why=reason_given(why),
    )


def refuse_open_round(engine: Engine, case_id: int) -> None:
    if shut_to_packages(get_case(engine, case_id)):
        raise Problem(
            f"案件 {case_id}（或从中拆分出的案件）须由另一人独立复核，复核后才能制作证据包；"
            "没有制作。",
            f"Case {case_id}, or one split out of it, needs a second person, who must not see the "
            "first opinion; no package was made. Make it after that.",
        )


def again(engine: Engine, job: Job, one: Caller, why: str = "") -> Order:
    """The same order once more; for contacts in full it takes a reason of one's own."""
    if job.state not in AGAIN:
        raise Problem(
            f"任务 {job.id} 没有中断、失败或取消，没有再次生成。",
            f"Job {job.id} neither failed nor was interrupted or cancelled; nothing was made "
            "again.",
        )
    if not job.order.masked or job.order.kind == "evidence":
        one.demand(Act.UNMASK)
        if job.order.kind == "evidence":
            refuse_open_round(engine, job.order.case_id)
        return replace(job.order, masked=False, why=reason_given(why))
    return job.order


def owns(job: Job, user: User) -> bool:
    return same_person(job.asked_by, user.login) and may(user, Act.EXPORT)


def may_cancel(job: Job, user: User) -> bool:
    return job.under_way and not job.stopping and (owns(job, user) or may(user, Act.CANCEL))


def take_back(desk: Desk, job: Job, one: Caller) -> None:
    """By whoever ordered it, or an administrator."""
    one.demand(Act.EXPORT if owns(job, one.user) else Act.CANCEL)
    cancel(desk.engine, job.id, one.user.login)
    desk.wake()
