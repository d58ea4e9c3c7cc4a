"""Looking again at what is due, and what came of it, on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer
from sqlalchemy import Engine

from door.moments import now
from door.revisit import Tally
from door.revisit_run import Visiting, run_looks
from door.settings import SETTINGS
from door.sources import all_sources
from door.speech import out, say, t
from door.takedown_before import marked_words
from door.takedown_report import words
from door.takedown_typed import print_json
from sampleweb.server import SampleWeb
from storage.database import read
from storage.takedown_marks import marks_of
from storage.takedown_states import SEEN_GONE, STATE_WORDS
from storage.takedown_words import SEEN_WORDS
from storage.takedowns import due_items, items_to_look_at


def look_now(engine: Engine, request: int | None, *, as_json: bool, sample: bool = False) -> None:
    """Look at what is due, or at all of one request's; tell what came of it.

    Ends with 1 where the database did not take a round: the others stand.
    """
    items = due_items(engine, now()) if request is None else items_to_look_at(engine, request)
    if sample and items:
        with SampleWeb() as web:
            visiting = Visiting(delay=0.0, routes=web.routes, pins=(web.pin,))
            tally = run_looks(engine, SETTINGS, all_sources(), items, visiting)
    else:
        tally = run_looks(engine, SETTINGS, all_sources(), items)
    if as_json:
        print_json(tally_json(tally))
    else:
        show_tally(tally, standing_marks(engine, tally), of_request=request is not None)
    if tally.refused:
        raise typer.Exit(1)


def tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "items": tally.asked,
        "looks": {seen.value: count for seen, count in sorted(tally.seen.items())},
        "moved": [
            {
                "item": one.item_id,
                "before": one.before,
                "after": one.after,
                "case_reopened": one.reopened,
            }
            for one in tally.changed
        ],
        "refused": [t(one.text.zh, one.text.en) for one in tally.refused],
        "left": tally.left,
    }


def say_none(*, of_request: bool) -> None:
    if of_request:
        say(
            "这份请求没有可以复查的条目：尚未登记发出，或者都已撤回、办结。",
            "Nothing of this request can be looked at: it is not recorded as sent, or all of it is "
            "withdrawn or final.",
        )
        return
    say(
        "没有到期的复查。不等到期、马上看一份的：certsweep takedown revisit --request 请求编号。",
        "No look is due. To look at one request before its time: certsweep takedown revisit "
        "--request NUMBER.",
    )


def standing_marks(engine: Engine, tally: Tally) -> dict[int, str]:
    """Of what was seen gone in this run, what was so before it was asked for."""
    with read(engine) as connection:
        return marks_of(
            connection, [one.item_id for one in tally.changed if one.after in SEEN_GONE]
        )


def show_tally(tally: Tally, marks: Mapping[int, str], *, of_request: bool = False) -> None:
    if not tally.asked:
        say_none(of_request=of_request)
        return
    counts = "、".join(f"{words(SEEN_WORDS[seen])} {n}" for seen, n in sorted(tally.seen.items()))
    out.print(
        t(
            f"复查 {tally.asked} 条，每条两种方式：{counts or '没有看完一条'}。",
            f"Looked at {tally.asked} items, two ways each: {counts or 'none finished'}.",
        ),
        markup=False,
    )
    for one in tally.changed:
        before, after = words(STATE_WORDS[one.before]), words(STATE_WORDS[one.after])
        again = t("，案件已重开", ", its case is reopened") if one.reopened else ""
        again += marked_words(marks.get(one.item_id, ""))
        said = f"条目 {one.item_id}：{before} → {after}{again}"
        out.print(t(said, f"item {one.item_id}: {before} → {after}{again}"), markup=False)
    for refusal in tally.refused:
        out.print(t(refusal.text.zh, refusal.text.en), markup=False)
    if tally.left:
        say(f"{tally.left} 条没有看完，下次再看。", f"{tally.left} items are left for next time.")
