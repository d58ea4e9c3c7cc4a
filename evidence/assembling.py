"""From what was seen to a Capture: the WARC and the facts written, every file hashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.extract import extract, page_state
from crawler.tally import Place
from evidence.digests import digests_of
from evidence.exchanges import Exchange
from evidence.facts import (
    Behaviour,
    Machine,
    artefact_facts,
    clock_facts,
    facts_file,
    navigation,
    page_facts,
    tools,
)
from evidence.left_open import word_of_open, word_of_words
from evidence.orders import Order, Taken
from evidence.parts import MEDIA_TYPES, OF_PARTS, OF_WORDS, OK, PAGE, Part, Parts
from evidence.warc_records import Resource, WarcOrder, pageinfo, write_warc
from storage.custody import stamp_of
from storage.records import Artefact, Capture, PageState

# The browsertrix crawler's names, which players of archives know.
URN = {"full_page": "fullPage", "first_screen": "view", "text": "text"}
KINDS = (PAGE, *MEDIA_TYPES)
MOST_JUDGED = 1_000_000  # bytes of DOM in which a wall is looked for
CUT = frozenset({"length", "time", "disconnect", "unspecified"})


@dataclass(slots=True, kw_only=True)
class Seen:
    """All that one sitting brought."""

    parts: Parts
    started_at: datetime
    ended_at: datetime
    behaviour: Behaviour = field(default_factory=Behaviour)
    final_url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    left_out: int = 0  # requests beyond the limit
    reached: Mapping[str, Place] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    disturbed: bool = False  # the browser went down under it


def assemble(order: Order, seen: Seen, machine: Machine) -> Taken:
    """Blocks for some tenths of a second: packing and hashing."""
    note_wall(order, seen)
    add_warc(order, seen, machine)
    parts = {part.kind: part for part in seen.parts.taken}
    artefacts = [artefact_of(part) for part in parts.values()]
    if "facts" in order.parts:
        seen.parts.words["facts"] = OK
        told = facts_of(order, seen, machine, artefacts)
        part = Part(kind="facts", data=facts_file(told), at=seen.ended_at)
        parts["facts"] = part
        artefacts.append(artefact_of(part))
    return Taken(
        capture=capture_of(order, seen, artefacts),
        files={one.sha256: parts[one.kind].data for one in artefacts},
        outcome=seen.behaviour.outcome,
        state=seen.behaviour.state,
        state_reason=seen.behaviour.state_reason,
        disturbed=seen.disturbed,
    )


def note_wall(order: Order, seen: Seen) -> None:
    """Whether a captcha, a login or a refusal was shown instead of the page."""
    dom = next((part.data for part in seen.parts.taken if part.kind == "dom"), None)
    documents = [one for one in seen.exchanges if one.main and one.status]
    if dom is None or not documents:
        return
    html = dom[:MOST_JUDGED].decode("utf-8", "replace")
    found = extract(html, seen.final_url)
    state, reason = page_state(documents[-1].status, seen.final_url, found, html, asked=order.url)
    # An empty shell is no wall here: a browser showed it, and the pictures tell what it was.
    if reason != "shell":
        seen.behaviour.state, seen.behaviour.state_reason = state.value, reason
        if state is PageState.BLOCKED:
            seen.parts.words[PAGE] = reason


def add_warc(order: Order, seen: Seen, machine: Machine) -> None:
    """What was never answered has no WARC: its part keeps the word why the page did not open."""
    answered = [one for one in seen.exchanges if one.status]
    if "warc" not in order.parts or not answered:
        return
    url = seen.final_url or order.url
    resources = [
        Resource(name=URN[one.kind], media_type=MEDIA_TYPES[one.kind], data=one.data, at=one.at)
        for one in seen.parts.taken
        if one.kind in URN
    ]
    resources.append(pageinfo(url, seen.ended_at, seen.exchanges))
    about = WarcOrder(
        capture=order.id, url=url, agent=machine.agent, at=seen.started_at, reached=seen.reached
    )
    cut = seen.left_out or any(one.truncated in CUT and not one.unused for one in answered)
    seen.parts.add("warc", write_warc(about, answered, resources), "cut" if cut else OK)
    if seen.behaviour.outcome == OK:  # of another page the parts say so themselves
        say_open(seen)


def say_open(seen: Seen) -> None:
    """The WARC lacks every answer that was not waited for; pictures what they would have shown;
    DOM, text and first screen what would have brought words."""
    never = [one for one in seen.exchanges if one.here and not one.status]
    begun = [one for one in seen.exchanges if one.here and one.status]
    if word := word_of_open(never):
        seen.parts.words["warc"] = word
    if word := word_of_open([*never, *begun], shown=True):
        seen.parts.lack(OF_PARTS, word)
    if word := word_of_words([*never, *begun]):
        seen.parts.lack(OF_WORDS, word)


def artefact_of(part: Part) -> Artefact:
    digests = digests_of(part.data)
    return Artefact(
        kind=part.kind,
        media_type=MEDIA_TYPES[part.kind],
        sha256=digests.sha256,
        sm3=digests.sm3,
        size=len(part.data),
        captured_at=part.at,
    )


def facts_of(
    order: Order, seen: Seen, machine: Machine, artefacts: list[Artefact]
) -> dict[str, Any]:
    documents = [one for one in seen.exchanges if one.main]
    return {
        "version": 1,
        "capture": order.id,
        "again_of": order.again_of,
        "case": order.case_id,
        "url": order.url,
        "final_url": seen.final_url,
        "asked_by": order.asked_by,
        "reason": order.reason,
        "started_at": stamp_of(seen.started_at),
        "ended_at": stamp_of(seen.ended_at),
        "documents": [navigation(one, seen.reached) for one in documents],
        "page": page_facts(seen.behaviour),
        "network": seen.network,
        "clock": clock_facts(machine.clock),
        "tools": tools(machine),
        "parts": dict(seen.parts.words),
        "artefacts": artefact_facts(artefacts),
    }


def capture_of(order: Order, seen: Seen, artefacts: list[Artefact]) -> Capture:
    return Capture(
        id=order.id,
        url=order.url,
        final_url=seen.final_url,
        asked_by=order.asked_by,
        reason=order.reason,
        started_at=seen.started_at,
        ended_at=seen.ended_at,
        artefacts=tuple(artefacts),
        parts={kind: seen.parts.words[kind] for kind in KINDS if kind in seen.parts.words},
        case_id=order.case_id,
        again_of=order.again_of,
    )
