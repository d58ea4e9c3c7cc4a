"""What came back, believed only as far as it can be checked.

A page may have written the answer: one without this question's ticket, with words around it, or
with a quote that does not stand in what was sent, counts for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from readers.disclosure import Sent
from readers.talk import NoAnswer
from storage.records import Evidence

SHIFTS = {"high": 10, "medium": 6, "low": 3}
VIEWS = {"offends": 1, "clean": -1, "unsure": 0}
QUOTES = 5
SHORTEST, LONGEST = 2, 300  # characters of a quote
REASON = 300
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)
_REFUSAL = re.compile(
    r"抱歉|对不起|无法(?:协助|提供|回答|判断)|不能(?:协助|提供|回答)|"
    r"\bsorry\b|\b(?:can(?:no|')t|unable to|won't)\b",
    re.IGNORECASE,
)
_FILLING = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    view: str
    shift: int
    quotes: tuple[Evidence, ...]
    reason: str


def content_of(body: Any) -> str:  # noqa: ANN401 (whatever a stranger's JSON holds)
    """The words of a chat completion; NoAnswer for a refusal or another shape."""
    choices = body.get("choices") if isinstance(body, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict) or not isinstance(first, dict):
        raise NoAnswer("garbage", "no message in it")
    if message.get("refusal") or first.get("finish_reason") == "content_filter":
        raise NoAnswer("refused", "the reader refused")
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise NoAnswer("garbage", "an empty message")
    return content


def read_answer(content: str, marks: str, sent: Sequence[Sent]) -> Answer:
    """The checked answer; raises NoAnswer with what is wrong with it."""
    raw = parsed(content)
    if raw.get("ticket") != marks:
        raise NoAnswer("garbage", "the ticket is not this question's")
    view, certainty = str(raw.get("view")), str(raw.get("certainty"))
    if view not in VIEWS or certainty not in SHIFTS:
        raise NoAnswer("garbage", "view or certainty is none of those asked for")
    quotes = checked(raw.get("quotes"), sent)
    if not quotes and view != "unsure":
        raise NoAnswer("no_quote", "no quote")
    reason = raw.get("reason")
    return Answer(
        view=view,
        shift=VIEWS[view] * SHIFTS[certainty],
        quotes=quotes,
        reason=reason[:REASON] if isinstance(reason, str) else "",
    )


def parsed(content: str) -> dict[str, Any]:
    """The one object the message must be; thoughts before it and a code fence are tolerated."""
    plain = _THOUGHTS.sub("", content)
    fenced = _FENCED.match(plain)
    try:
        raw = json.loads(fenced[1] if fenced else plain)
    except (ValueError, RecursionError) as error:
        if _REFUSAL.search(plain) and "{" not in plain:
            raise NoAnswer("refused", "the reader refused") from error
        raise NoAnswer("garbage", "not the one JSON object asked for") from error
    if not isinstance(raw, dict):
        raise NoAnswer("garbage", "not the one JSON object asked for")
    return raw


def checked(raw: Any, sent: Sequence[Sent]) -> tuple[Evidence, ...]:  # noqa: ANN401
    """Every quote at its place; one that does not stand there makes the whole answer worthless."""
    if not isinstance(raw, list) or len(raw) > QUOTES:
        raise NoAnswer("garbage", "quotes is not a short list")
    return tuple(placed(quote, sent) for quote in raw)


def placed(quote: Any, sent: Sequence[Sent]) -> Evidence:  # noqa: ANN401
    if not isinstance(quote, str) or not SHORTEST <= len(quote) <= LONGEST:
        raise NoAnswer("no_quote", "a quote is no text, too short or too long")
    if len(_FILLING.sub("", quote)) < SHORTEST:
        raise NoAnswer("no_quote", "a quote says nothing")
    for one in reversed(sent):  # the text before the title
        at = one.text.find(quote)
        if at >= 0:
            start = one.at + at
            return Evidence(field=one.field, start=start, end=start + len(quote), quote=quote)
    raise NoAnswer("no_quote", "a quote does not stand in the text")
