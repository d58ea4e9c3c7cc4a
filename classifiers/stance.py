"""Who speaks, and whether the claim is the speaker's own.

The same words stand in the offer, in the warning against it and in the news about it. A sentence
can deny, report, warn or doubt; a whole text can be an office's, a reporter's, a victim's. But a
seller who wraps the offer in a warning stays a seller: an own offer with a contact outweighs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from classifiers.document import Document
from classifiers.hosts import lookalike, official
from classifiers.matching import Match

# How much of a rule's score a claim keeps in the mouth of each speaker.
_KEEPS = {
    "seller": 1.2,
    "unknown": 1.0,
    "school": 0.7,
    "employer": 0.4,
    "asker": 0.35,
    "candidate": 0.4,
    "victim": 0.2,
    "press": 0.2,
    "police": 0.15,
    "lawyer": 0.2,
    "official": 0.15,
}

# voice -> concept -> (weight of one, how many count)
_SIGNS: Mapping[str, Mapping[str, tuple[float, int]]] = {
    "seller": {
        "contact_number": (2.0, 1),
        "cta": (0.8, 3),
        "price": (0.6, 1),
        "offer": (0.25, 3),
        "hotline": (0.4, 1),
        "contact": (0.3, 1),
    },
    "press": {"press": (1.0, 4), "police": (0.5, 2)},
    "police": {"police": (1.0, 4), "warning": (0.4, 2)},
    "official": {"official": (1.0, 5), "exam_notice": (1.0, 4), "warning": (0.4, 2)},
    "lawyer": {"law": (1.2, 4)},
    "victim": {"victim": (1.4, 3)},
    "asker": {"asking": (1.1, 3)},
    "employer": {"employer": (1.0, 4)},
    "candidate": {"diary": (1.1, 3)},
    "school": {"lawful": (1.0, 3)},
}
_HEARD: Mapping[str, float] = {  # least weight for a voice to be named; one word is too little
    "seller": 1.0,
    "press": 1.5,
    "police": 1.5,
    "official": 2.0,
    "lawyer": 2.0,
    "victim": 1.4,
    "asker": 1.1,
    "employer": 1.5,
    "candidate": 1.1,
    "school": 1.0,
}

_HOST_WEIGHT = {"official": 1.5, "lookalike": -2.0}  # for an office's voice
_SPACED = 0.25  # gaps per character in a text of which all words stand apart
_NOT_MEANT = ("reported", "warning", "police", "doubt")
_ABOUT = ("warning", "police", "press")
_NEGATION_REACH = 14  # characters from a negation to what it denies, within one clause
_BARE = frozenset("不未勿莫甭")  # deny the very next word


@dataclass(frozen=True, slots=True)
class Speaker:
    voice: str
    host: str  # "official", "lookalike" or "": whose the page pretends or is known to be


def host_kind(url: str) -> str:
    """Whether a URL's host is "official", a "lookalike" of an official one, or neither: ""."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if not host:
        return ""
    return "official" if official(host) else "lookalike" if lookalike(host) else ""


def _weight(document: Document, voice: str) -> float:
    total = 0.0
    for concept, (weight, most) in _SIGNS[voice].items():
        places = document.concepts.get(concept)
        total += weight * min(most, len(places.starts)) if places else 0.0
    return total


def who_speaks(document: Document, url: str = "") -> Speaker:
    weights = {voice: _weight(document, voice) for voice in _SIGNS}
    host = host_kind(url)
    weights["official"] += _HOST_WEIGHT.get(host, 0.0)
    heard = {voice: weight for voice, weight in weights.items() if weight >= _HEARD[voice]}
    voice = max(heard, key=lambda name: heard[name], default="unknown")
    return Speaker(voice, host)


def _denied(document: Document, start: int, end: int) -> bool:
    """Whether a negation governs the words: 不承诺包过, 绝不包过, 包过是假的."""
    text = document.text
    low, high = document.clause(start, end)
    if len(document.folded.gaps) < _SPACED * len(text):
        # A closed gap is a break too: 绝不欺骗 包过. Not where every word is set apart.
        low = max(low, *document.folded.gaps_between(low, start + 1), 0)
    low = max(low, start - _NEGATION_REACH)
    if start > low and text[start - 1] in _BARE:
        return True
    if document.has("negation", low, start):
        return True
    return document.has("denial", end, min(high, end + _NEGATION_REACH))


def _local(document: Document, start: int, end: int) -> float:
    """What the sentence and its neighbours leave of a claim."""
    low, high = document.sentence(start, end)
    around = document.near(start, end)
    offered = document.has("contact_number", *around) or document.has("cta", *around)
    sides = ((low, start), (end, high))  # a word of the claim itself is no warning against it
    if any(document.has(name, *side) for name in _NOT_MEANT for side in sides):
        return 0.6 if document.has("contact_number", low, high) else 0.2
    if offered:
        return 1.15
    if document.text[high - 1 : high] == "?":
        return 0.4
    sides = ((around[0], start), (end, around[1]))
    if any(document.has(name, *side) for name in _ABOUT for side in sides):
        return 0.4
    return 1.0


def keeps(document: Document, match: Match, speaker: Speaker) -> float:
    """The share of a rule's score that a match keeps; 0 when its words are denied."""
    start, end = match.start, match.end
    if match.rule.hosts and speaker.host not in match.rule.hosts:
        return 0.0
    if speaker.voice in match.rule.voices:
        return 1.0
    if _denied(document, start, end):
        return 0.0
    if match.rule.hosts:  # the borrowed address itself is the claim, however official the words
        return 1.0
    local, own = _local(document, start, end), _KEEPS[speaker.voice]
    around = document.near(start, end)
    if local >= 1.0 and all(document.has(name, *around) for name in ("contact_number", "cta")):
        own = max(own, 1.0)  # an offer with a number stays one inside an article or a notice
    return local * own
