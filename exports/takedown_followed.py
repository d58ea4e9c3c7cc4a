"""What a list says of a URL that a platform was asked for already."""

from __future__ import annotations

from exports.takedown_rows import beijing
from storage.exports import DecidedRow
from storage.takedown_marks import MARK_WORDS
from storage.takedown_states import ANSWER_WORDS, STATE_WORDS, Answer
from storage.takedowns import Item, Request


def followed(case: DecidedRow) -> dict[str, str]:
    """The cells that only a request can fill; none where nobody was asked."""
    request, item = case.request, case.item
    if request is None or item is None:
        return {"recurrence_of": came_back(case, None)}
    return {
        "deadline": deadline(request),
        "sent_time": beijing(request.sent_at),
        "receipt_no": request.receipt_no,
        "platform_reply": reply(item),
        "verified_removed_time": verified(case, item),
        "recurrence_of": came_back(case, item),
    }


def verified(case: DecidedRow, item: Item) -> str:
    """With a word where it was gone already before it was asked for."""
    when = beijing(item.verified_at)
    return f"{when}（{MARK_WORDS[case.mark].zh}）" if when and case.mark else when


def deadline(request: Request) -> str:
    if request.deadline is None:
        return ""
    if not request.unknown_years:
        return request.deadline.isoformat()
    years = "、".join(map(str, request.unknown_years))
    return f"{request.deadline}（{years} 年节假日未收录，只扣除周末）"


def reply(item: Item) -> str:
    if not item.answer:
        return ""
    words = ANSWER_WORDS[Answer(item.answer)].zh
    return f"{words}；{item.answer_note}" if item.answer_note else words


def came_back(case: DecidedRow, item: Item | None) -> str:
    told = [f"本案第 {case.reopened} 次再次出现"] if case.reopened else []
    if item is not None and item.recurrence_of is not None:
        told.append(f"曾请求处置（条目 {item.recurrence_of}）")
    return "；".join(told)


def standing(case: DecidedRow) -> str:
    """Where it stands with whom, "" where nobody was asked."""
    if case.request is None or case.item is None:
        return ""
    return f"请求 {case.request.request_no}：{STATE_WORDS[case.item.state].zh}"
