"""Words that stand in a text without being said by its author: quotations and reported speech.

A quotation mark alone proves little, for advertisers quote their own slogans. The frame around it
does: who is said to have said it, and whether the words run on as somebody else's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from classifiers.document import Document, Places

_QUOTED = re.compile(
    r"“[^”\n]{1,400}”|「[^」\n]{1,400}」|『[^』\n]{1,400}』|‘[^’\n]{1,400}’|\"[^\"\n]{1,400}\""
)
_CITED_LINE = re.compile(r"^[>|][^\n]{1,600}", re.MULTILINE)
# "她每天早上发一段:" and what stands in the next line.
_HANDS_OVER = re.compile(
    r"(?:[他她]|对方|客服|中介|群主|卖家|骗子|机构|广告|短信|朋友|同事)[^。!?\n]{0,30}"
    r"(?:发|贴|写|说|念|称|问|答|讲)[^。!?\n:]{0,10}:\n"
)
_RUN = 200  # characters that reported speech may run on within its sentence
_BLOCK = 600  # characters of a paragraph that a colon hands over to another speaker
_MOSTLY = 0.8  # of a text
_OPENED = 12  # characters from the words of saying to the quotation they open


def _sentence_end(document: Document, at: int) -> int:
    place = bisect_right(document.breaks, at)
    return document.breaks[place] if place < len(document.breaks) else len(document.text)


def _handed_over(document: Document, at: int) -> Iterator[tuple[int, int]]:
    """What follows words of saying: the rest of the sentence, and a paragraph after a colon."""
    text = document.text
    end = min(_sentence_end(document, at), at + _RUN)
    yield at, end
    if text[end - 2 : end] == ":\n":
        stop = text.find("\n", end, end + _BLOCK)
        yield end, stop if stop >= 0 else min(len(text), end + _BLOCK)


def _joined(spans: Iterable[tuple[int, int]]) -> Places:
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(end, ends[-1])
        else:
            starts.append(start)
            ends.append(end)
    return Places(starts, ends)


def quotations(document: Document) -> Places:
    """Between quotation marks, and lines set off as somebody else's."""
    text = document.text
    spans = [match.span() for match in _QUOTED.finditer(text)]
    if ">" in text or "|" in text:
        spans += [match.span() for match in _CITED_LINE.finditer(text)]
    return _joined(spans)


def speech(document: Document) -> tuple[Places, Places]:
    """What is quoted or handed over as a paragraph, and all that somebody else is said to say."""
    quoted = quotations(document)
    said: list[tuple[int, int]] = []
    paragraphs: list[tuple[int, int]] = []
    told = document.concepts.get("told", Places()).ends
    for end in (*told, *_announced(document.text)):
        sentence, *paragraph = _handed_over(document, end)
        said.append(sentence)
        paragraphs += paragraph
        opened = quoted.inside(end, end + _OPENED + _BLOCK)
        if opened and opened[0] <= end + _OPENED:
            said.append(opened)
    handed = _joined([*zip(quoted.starts, quoted.ends, strict=True), *paragraphs])
    reported = _joined([*said, *paragraphs])
    if max(_length(handed), _length(reported)) > _MOSTLY * len(document.text):
        return Places(), Places()  # nobody is left to do the quoting: 朋友说：<the whole advert>
    return handed, reported


def _length(places: Places) -> int:
    return sum(places.ends) - sum(places.starts)


def _announced(text: str) -> Iterator[int]:
    """Ends of lines that announce somebody's words."""
    if ":\n" in text:
        for match in _HANDS_OVER.finditer(text):
            yield match.end() - 1
