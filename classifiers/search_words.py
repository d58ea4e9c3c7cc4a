"""Words to search for, from the judge's own tables: names of certificates, slogans, places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from classifiers.tables_file import read_table

# What is typed to find an offer; each is a word of the judge's rules (a test sees to that).
SLOGANS = ("包过", "免考", "快速拿证", "保过", "包拿证", "挂靠", "代考")
HOME_PLACES = 18  # the first cities of the table are those of 河南
PAPER = "证"


def certificate_names() -> tuple[str, ...]:
    """Titles that advertisements use, as one would search for them."""
    return tuple(dict.fromkeys(with_paper(row["name"]) for row in read_table("catalogue")["hot"]))


def with_paper(name: str) -> str:
    """月嫂 is a job and a service; 月嫂证 is what is sold."""
    return name if name.endswith((PAPER, "证书")) else name + PAPER


def places() -> tuple[str, ...]:
    return tuple(read_table("authorities")["cities"].split()[:HOME_PLACES])


def search_words(
    names: Sequence[str], slogans: Sequence[str], where: Sequence[str]
) -> tuple[str, ...]:
    """Every name with every slogan, at large and for every place; the widest searches first."""
    wide = [f"{name} {slogan}" for slogan, name in product(slogans, names)]
    near = [f"{place} {words}" for place, words in product(where, wide)]
    return tuple(dict.fromkeys([*wide, *near]))
