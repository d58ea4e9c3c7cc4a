"""How many ways a pattern could be tried on one stretch of text, so that no rule can hang a sweep.

Every repetition has an upper bound (see concepts.plain_pattern), but bounds multiply, and one
within another is a power: (?:[一-鿿]{1,8}){1,8} has more than 8 to the 8th ways. Of the house's
own 252 patterns 250 stay below 31,000; two repeat a list of papers, with plain words between
(measured 2026-11-25).
"""

from __future__ import annotations

import re

MOST = 200_000
_TOKEN = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|\{(\d+)(?:,(\d+))?\}\??|.",
    re.DOTALL,
)


def ways(pattern: str) -> int:
    """An upper bound, alternatives counted as their costliest one."""
    levels: list[list[int]] = [[1, 1]]  # of each open bracket: costliest branch so far, this one
    last = 1  # ways of the atom just read
    for token in _TOKEN.finditer(pattern):
        sign = token[0]
        if sign.startswith("("):
            levels.append([1, 1])
        elif sign == ")" and len(levels) > 1:
            last = max(levels.pop())
            levels[-1][1] *= last
        elif sign == "|":
            levels[-1] = [max(levels[-1]), 1]
        elif token[1] is not None or sign == "?":
            low, high = (0, 1) if sign == "?" else (int(token[1]), int(token[2] or token[1]))
            levels[-1][1] = levels[-1][1] // last * last**high * (high - low + 1)
            last = 1
        else:
            last = 1
    return max(max(level) for level in levels)
