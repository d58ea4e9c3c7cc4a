"""Numbers as they come in paths, queries and forms: every figure counts, and there is an end."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

LARGEST_ID = 2**31 - 1  # of a case or a decision; beyond it PostgreSQL knows no integer
LARGEST_ROW = 2**53  # of a post; JSON's numbers are exact up to there
# What an input method makes of figures, letters and signs, as the keyboard has them.
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
FIGURES = 18  # that are read at all: of thousands Python itself raises


class PathNumber(Convertor[int]):
    """`{id:int}` of ten figures at most: a longer one is no page, instead of an error of ours."""

    regex = "[0-9]{1,10}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("int", PathNumber())


def digits(typed: str, most: int = LARGEST_ID, least: int = 0) -> int | None:
    """The whole number in plain figures; None for anything else and for one out of bounds."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= FIGURES):
        return None
    number = int(typed)
    return number if least <= number <= most else None


def narrow(typed: str) -> str:
    """Full-width figures, letters and signs as those of the keyboard; all else stays."""
    return typed.translate(WIDE)


def written(typed: str, most: int = LARGEST_ID, least: int = 0) -> int | None:
    """The same of what a person wrote, whose input method may send full-width figures."""
    return digits(narrow(typed).strip(), most, least)
