"""Geometry of the charts: numbers become rectangles here, the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from unicodedata import east_asian_width

WIDTH, HEIGHT = 320, 120  # of a chart by days, in its own units
FOOT = 16  # below the columns, for the dates
ROOM = 30  # left of them, for the scale
WIDEST = 34  # of a column: one day alone is no wall
BAR, GAP = 15, 7  # height of a row's bar, and to the next
NAME = 168  # where bars begin, right of the names
LONGEST = 150  # of a bar
SIGNS = 12  # Chinese signs of a name that have room left of its bar; two Latin ones are as wide


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByDay:
    columns: tuple[Column, ...]
    top: int  # what the scale ends with
    total: int
    marks: tuple[tuple[float, str], ...]  # dates under the columns

    @property
    def base(self) -> int:
        return HEIGHT - FOOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    y: int
    name: str
    whole: str  # the name uncut
    href: str
    width: float
    value: str
    inner: float  # a part of the bar, drawn darker
    inner_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    rows: tuple[Row, ...]
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row to be drawn."""

    name: str
    value: float
    inner: float = 0.0
    href: str = ""
    said: str = ""  # the value in words, its digits by default


def rounded_up(value: int) -> int:
    """To the next 1, 2 or 5 times a power of ten, where a scale can end."""
    if value <= 0:
        return 1
    power = 10 ** floor(log10(value))
    return next(int(step * power) for step in (1, 2, 5, 10) if step * power >= value)


def by_day(days: Sequence[tuple[str, int]]) -> ByDay:
    """Days as `2026-11-23`, the oldest first."""
    top = rounded_up(max((value for _, value in days), default=0))
    step = (WIDTH - ROOM) / max(len(days), 1)
    wide, tall = min(max(step * 0.8, 0.5), WIDEST), HEIGHT - FOOT - 10
    columns = tuple(
        Column(
            x=round(ROOM + (n + 0.5) * step - wide / 2, 2),
            y=round(HEIGHT - FOOT - tall * value / top, 2),
            width=round(wide, 2),
            height=round(tall * value / top, 2),
            label=day,
            value=value,
        )
        for n, (day, value) in enumerate(days)
    )
    return ByDay(
        columns=columns,
        top=top,
        total=sum(value for _, value in days),
        marks=tuple(marks(days, step)),
    )


def marks(days: Sequence[tuple[str, int]], step: float) -> list[tuple[float, str]]:
    """The first, the middle and the last date, as many as there are."""
    places = sorted({0, len(days) // 2, len(days) - 1}) if days else []
    return [(round(ROOM + (n + 0.5) * step, 2), days[n][0][5:]) for n in places]


def fitting(name: str) -> str:
    """The name, or as much of its beginning as there is room for."""
    room = 2 * SIGNS
    if wide(name) <= room:
        return name
    kept = name
    while kept and wide(kept) > room - 2:
        kept = kept[:-1]
    return f"{kept}…"


def wide(text: str) -> int:
    """In halves of a Chinese sign."""
    return sum(1 if east_asian_width(sign) in {"Na", "H", "N"} else 2 for sign in text)


def rows(bars: Sequence[Bar]) -> Rows:
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    drawn = tuple(
        Row(
            y=n * (BAR + GAP),
            name=fitting(bar.name),
            whole=bar.name,
            href=bar.href,
            width=round(LONGEST * bar.value / most, 2),
            value=bar.said or f"{bar.value:g}",
            inner=round(LONGEST * min(bar.inner, bar.value) / most, 2),
            inner_value=f"{bar.inner:g}",
        )
        for n, bar in enumerate(bars)
    )
    return Rows(rows=drawn, height=max(len(drawn) * (BAR + GAP), BAR))
