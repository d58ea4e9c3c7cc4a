"""Who speaks, and whether the claim is the speaker's own.

The same words stand in the offer, in the warning against it and in the news about it. A sentence
can deny, report, warn or doubt; a whole text can be an office's, a reporter's, a victim's. But a
seller who wraps the offer in a warning stays a seller: an own offer with a contact outweighs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from classifiers.document import Document, Places
from classifiers.hosts import lookalike, official
from classifiers.matching import Match

# How much of a rule's score a claim keeps in the mouth of each speaker.
_KEEPS = {
    "seller": 1.2,
    "unknown": 1.0,
    "narrator": 0.75,  # nobody in particular, who offers nothing
    "school": 0.7,
    "employer": 0.4,
    "asker": 0.35,
    "candidate": 0.4,
    "victim": 0.2,
    "press": 0.2,
    "police": 0.15,
    "lawyer": 0.2,
    "official": 0.15,
    "debunker": 0.25,
    "wronged": 0.25,
    "maker": 0.4,
    "jester": 0.3,
    "hobbyist": 0.4,
}
VOICES = frozenset(_KEEPS)

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
    "official": {
        "official": (1.0, 5),
        "exam_notice": (1.0, 4),
        "public_service": (0.8, 4),
        "warning": (0.4, 2),
    },
    "lawyer": {"law": (1.2, 4)},
    "victim": {"victim": (1.4, 3)},
    "asker": {"asking": (1.1, 3)},
    "employer": {"employer": (1.0, 6), "hiring": (0.6, 4)},
    "candidate": {"diary": (1.1, 3)},
    "school": {"lawful": (1.0, 3)},
    "debunker": {"debunk": (0.9, 6), "warning": (0.3, 3)},
    "wronged": {"statement": (1.0, 6)},
    "maker": {"goods": (0.8, 8)},
    "jester": {"satire": (1.0, 4)},
    "hobbyist": {"pastime": (0.6, 6)},
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
    "debunker": 2.0,
    "wronged": 2.0,
    "maker": 2.4,
    "jester": 2.0,
    "hobbyist": 1.8,
}

_ENROLLER = re.compile(r"[本我]校|我们学校|[本我]机构|[本我]中心|学校地址|校区|教学点|本公司|我司")
_PERSONAL = re.compile(r"[微薇]|v信|vx|wx|加v|qq|扣扣|企鹅|🐧|(?<!\d)1[3-9x][\dx]{9}(?!\d)", re.I)
_SELLS_OTHERWISE = ("maker", "employer")  # offers, contacts and prices, for something else
_REACHED = ("cta", "contact_number", "contact", "hotline")  # a seller wants to be reached
_PRIVATE = ("victim", "asker", "candidate", "jester", "hobbyist")
_PLAINLY = 3.0  # what it takes to believe that
_LONG = 200  # characters in which an offer would have found room for a contact or a call
_SOME_OFFER = 0.75
_SALE = ("B4-02", "C3", "C4", "D9")  # selling certificates whoever else speaks on the page

_HOST_WEIGHT = {"official": 1.5, "lookalike": -2.0}  # for an office's voice
_SPACED = 0.25  # gaps per character in a text of which all words stand apart
_NOT_MEANT = ("reported", "warning", "police", "doubt")
_ABOUT = ("warning", "police", "press")
_NEGATION_REACH = 14  # characters from a negation to what it denies, within one clause
_LIST_SIGN = "、"
_NOWHERE = Places()
_IDENTITY = frozenset({"A1", "A2", "A3", "B1", "B2", "B3"})  # claims to be or to have something
_BARE = frozenset("不未勿莫甭")  # deny the very next word


@dataclass(frozen=True, slots=True)
class Speaker:
    voice: str
    host: str  # "official", "lookalike", "other" or "" (no host): whose the page is


def host_kind(url: str) -> str:
    """Whether a host is "official", a "lookalike" of an official one or "other"; "" for none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if not host:
        return ""
    return "official" if official(host) else "lookalike" if lookalike(host) else "other"


def _of_others(document: Document, start: int, end: int) -> bool:
    """Whether the sentence tells of somebody else's number: 他的号是…，千万别加."""
    return document.has("their_number", *document.sentence(start, end))


def _counted(document: Document, concept: str, most: int) -> int:
    """How often a sign stands in the text, up to `most`; one in the title counts twice."""
    places = document.concepts.get(concept, _NOWHERE)
    title, count = document.title_end(), 0
    for end in places.ends[:most]:
        count += 2 if end <= title else 1
    return min(count, most)


def _own_counted(document: Document, concept: str, most: int) -> int:
    """How often it stands in the author's own words; what a victim quotes sells nothing."""
    places, count = document.concepts.get(concept, _NOWHERE), 0
    for start, end in zip(places.starts, places.ends, strict=True):
        if count >= most:
            break
        if not (document.passed_on(concept, start, end) or _of_others(document, start, end)):
            count += 1
    return count


def _weight(document: Document, voice: str) -> float:
    counted = _own_counted if voice == "seller" else _counted
    signs = _SIGNS[voice].items()
    return sum(weight * counted(document, concept, most) for concept, (weight, most) in signs)


def weights_of(document: Document) -> dict[str, float]:
    """How strongly each voice is heard."""
    return {voice: _weight(document, voice) for voice in _SIGNS}


def who_speaks(document: Document, url: str = "") -> Speaker:
    weights = weights_of(document)
    host = host_kind(url)
    if not any(_own_counted(document, concept, 1) for concept in _REACHED):
        weights["seller"] = 0.0
    weights["official"] += _HOST_WEIGHT.get(host, 0.0)
    heard = {voice: weight for voice, weight in weights.items() if weight >= _HEARD[voice]}
    voice = max(heard, key=lambda name: heard[name], default="unknown")
    if (
        voice == "official"
        and host != "official"
        and (enrols(document) or leaves_own_number(document))
    ):
        voice = "seller"  # 公示, 规定 and 考试时间 stand in every prospectus
    if voice == "seller":  # of what?
        others = (name for name in _SELLS_OTHERWISE if weights[name] >= _PLAINLY)
        voice = max(others, key=lambda name: weights[name], default=voice)
    if voice == "unknown" and len(document.text) > _LONG and weights["seller"] < _SOME_OFFER:
        voice = "narrator"
    return Speaker(voice, host)


def enrols(document: Document) -> bool:
    """Whether the author is a school or the like: it takes money and says whom to call."""
    if not document.concepts.get("price", _NOWHERE).starts:
        return False
    called = any(_own_counted(document, concept, 1) for concept in _REACHED)
    return called and _ENROLLER.search(document.text) is not None


def leaves_own_number(document: Document) -> bool:
    """Whether the author leaves a chat's number or a mobile of its own, as no office does."""
    places = document.concepts.get("contact_number", _NOWHERE)
    return any(
        _PERSONAL.search(document.text[start:end])
        and not document.passed_on("contact_number", start, end)
        and not _of_others(document, start, end)
        for start, end in zip(places.starts, places.ends, strict=True)
    )


def _denies_itself(document: Document, match: Match) -> bool:
    """Whether the words hold their own denial: 封面上没有国徽. 不用考试 claims by denying."""
    if match.rule.code[:2] not in _IDENTITY:
        return False
    return document.has("negation", match.start + 1, match.end)


def _list_start(text: str, low: int, start: int) -> int:
    """From where a negation reaches the words: over a list it reaches further."""
    near = max(low, start - _NEGATION_REACH)
    return low if _LIST_SIGN in text[near:start] else near


def _denied(document: Document, match: Match) -> bool:
    """Whether a negation governs the words: 不承诺包过, 绝不包过, 包过是假的."""
    text, start, end = document.text, match.start, match.end
    low, high = document.clause(start, end)
    if len(document.folded.gaps) < _SPACED * len(text):
        # A closed gap is a break too: 绝不欺骗 包过. Not where every word is set apart.
        low = max(low, *document.folded.gaps_between(low, start + 1), 0)
    low = _list_start(text, low, start)
    if start > low and text[start - 1] in _BARE:
        return True
    if document.has("negation", low, start) or _denies_itself(document, match):
        return True
    return document.has("denial", end, min(high, end + _NEGATION_REACH))


def _beside(
    document: Document, names: Iterable[str], claim: tuple[int, int], room: tuple[int, int]
) -> bool:
    """Whether a concept stands before or after a claim; the claim's own words do not count."""
    return document.has_any(names, ((room[0], claim[0]), (claim[1], room[1])))


def _local(document: Document, start: int, end: int) -> float:
    """What the sentence and its neighbours leave of a claim."""
    claim = start, end
    sentence, around = document.sentence(start, end), document.near(start, end)
    offered = _own_number(document, *around) or document.own("cta", *around)
    if document.reported.covers(start, end):
        warned = document.has_any(_ABOUT, (sentence,))
        return 0.6 if offered and not warned else 0.2
    if _beside(document, _NOT_MEANT, claim, sentence):
        return 0.6 if _own_number(document, *sentence) else 0.2
    if offered:
        return 1.15
    if document.text.endswith("?", 0, sentence[1]) or _beside(document, _ABOUT, claim, around):
        return 0.4
    # The language of offices, and nothing on offer.
    return 0.7 if _beside(document, ("official",), claim, sentence) else 1.0


def _own_number(document: Document, low: int, high: int) -> bool:
    return document.own("contact_number", low, high) and not document.has("their_number", low, high)


def _offers(document: Document, around: tuple[int, int], speaker: Speaker) -> bool:
    """Whether the author leaves a number there, and calls or names a price.

    A private person who tells of certificates and leaves a number need not do more.
    """
    if not _own_number(document, *around):
        return False
    return speaker.voice in _PRIVATE or any(
        document.own(name, *around) for name in ("cta", "price")
    )


def keeps(document: Document, match: Match, speaker: Speaker) -> float:
    """The share of a rule's score that a match keeps; 0 when its words are denied."""
    start, end = match.start, match.end
    if match.rule.hosts and speaker.host not in match.rule.hosts:
        return 0.0
    if speaker.voice in match.rule.voices:
        return 1.0
    if _denied(document, match):
        return 0.0
    if match.rule.hosts:  # the borrowed address itself is the claim, however official the words
        return 1.0
    local, own = _local(document, start, end), _KEEPS[speaker.voice]
    around = document.near(start, end)
    sells_otherwise = speaker.voice in _SELLS_OTHERWISE
    if sells_otherwise and match.rule.code.startswith(_SALE):
        own = 1.0
    elif local >= 1.0 and not sells_otherwise and _offers(document, around, speaker):
        own = max(own, 1.0)  # an offer with a number stays one inside an article or a notice
    return local * own
