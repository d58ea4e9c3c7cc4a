"""Sentences of the corpus's ordinary texts, each by itself: short texts tell the least.

Only ordinary texts are cut up: a sentence out of a warning may be the slogan that it warns of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from classifiers.subject import Subject
from learning.corpus import Labelled

STRATUM = "piece"
_STOPS = re.compile(r"[。！？!?；\n]")
_LEAST = 6  # characters


def pieces(rows: Iterable[Labelled]) -> Iterator[Labelled]:
    """Their author is that of the whole text."""
    for row in rows:
        if row.stratum != "ordinary":
            continue
        for number, sentence in enumerate(_STOPS.split(row.subject.text)):
            if len(sentence) >= _LEAST:
                yield Labelled(
                    id=f"{row.id}-{number}",
                    subject=Subject(text=sentence),
                    offending=False,
                    labels=(),
                    stratum=STRATUM,
                    pen=row.pen,
                )
