"""Which province a name of a place or of an organisation begins with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from classifiers.tables_file import read_table

_SUFFIX = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$")
_FIRST = 3  # characters of the longest short name (黑龙江, 内蒙古, 石家庄; 驻马店)


@cache
def _provinces() -> Mapping[str, str]:
    """Short names of provinces and cities, each with its province's."""
    names = (_SUFFIX.sub("", name) for name in read_table("authorities")["provinces"].split())
    cities = read_table("places")["cities"]
    return {name: name for name in names} | {
        city: province for province, line in cities.items() for city in line.split()
    }


def province_of(words: str) -> str:
    """河南 for 河南省, 郑州市 and 郑州市匠心学校; "" for a place not known."""
    known = _provinces()
    return next(
        (known[words[:size]] for size in range(_FIRST + 1, 1, -1) if words[:size] in known), ""
    )
