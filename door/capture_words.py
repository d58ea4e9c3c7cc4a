"""What a capture brought, in a person's words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from door.outcomes import reason_words, state_words
from evidence.lacks import PART_NAMES, PART_WHY
from evidence.orders import Taken
from storage.bilingual import Bilingual
from storage.captures import WALL, whole_parts
from storage.records import Capture, PageState

PART_WORDS = {part: Bilingual(*words) for part, words in PART_NAMES.items()}
# Of a part that is there, and of one that is not; what else there may be: door/outcomes.py.
WORDS = {word: Bilingual(*said) for word, said in PART_WHY.items()}


def part_word(word: str) -> Bilingual:
    return WORDS.get(word) or reason_words(word)


def headline(taken: Taken) -> Bilingual:
    """What came, in a few words; of a page that is not the post, that first."""
    capture = taken.capture
    if WALL in capture.parts:
        why = reason_words(capture.parts[WALL])
        return Bilingual(f"没有取到原内容：{why.zh}", f"not the page itself: {why.en}")
    if not capture.final_url:
        why = part_word(taken.outcome)
        return Bilingual(f"没有取到网页：{why.zh}", f"the page was not captured: {why.en}")
    whole = is_whole(capture)
    came = Bilingual("完整", "complete") if whole else Bilingual("不完整", "in part")
    if taken.state in {"", PageState.ALIVE.value}:
        return came
    state, why = state_words(taken.state), reason_words(taken.state_reason)
    return Bilingual(
        f"不像原内容，{state.zh}：{why.zh}；取证{came.zh}",
        f"not like the post, {state.en}: {why.en}; capture {came.en}",
    )


def lacking(capture: Capture) -> Bilingual:
    """The parts that were tried and are not there, or not all of them, each with its reason."""
    brought = whole_parts(capture)
    words = [
        (PART_WORDS[kind], part_word(word))
        for kind, word in capture.parts.items()
        if kind not in brought
    ]
    return Bilingual(
        "、".join(f"{part.zh}（{why.zh}）" for part, why in words),
        ", ".join(f"{part.en} ({why.en})" for part, why in words),
    )


def warning(taken: Taken) -> Bilingual | None:
    """What a person must know who takes the capture for one of the post; None where nothing."""
    if taken.state in {"", PageState.ALIVE.value}:
        return None
    state, why = state_words(taken.state), reason_words(taken.state_reason)
    return Bilingual(
        f"注意：取到的页面不像原内容（{state.zh}：{why.zh}），请看截图。",
        f"Note: what was captured does not look like the post ({state.en}: {why.en}); see the "
        "pictures.",
    )


def is_whole(capture: Capture) -> bool:
    """Whether every part that was tried is there, with nothing left open."""
    return whole_parts(capture) >= set(capture.parts)


def capture_json(taken: Taken) -> dict[str, Any]:
    capture = taken.capture
    return {
        "id": capture.id,
        "again_of": capture.again_of,
        "case": capture.case_id,
        "url": capture.url,
        "final_url": capture.final_url,
        "outcome": taken.outcome,
        "state": taken.state,
        "state_reason": taken.state_reason,
        "complete": is_whole(capture),
        "asked_by": capture.asked_by,
        "reason": capture.reason,
        "started_at": capture.started_at.isoformat(),
        "ended_at": capture.ended_at.isoformat(),
        "parts": dict(capture.parts),
        "artefacts": [
            asdict(one) | {"captured_at": one.captured_at.isoformat()} for one in capture.artefacts
        ],
    }
