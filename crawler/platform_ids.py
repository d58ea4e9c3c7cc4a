"""Ids that platforms write in two ways, turned into one."""

from __future__ import annotations

# B站: av numbers and BV codes name the same video by a fixed reversible code, published by the
# platform's users in 2020 and extended to 51-bit numbers in 2023.
BV_DIGITS = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf"
BV_VALUE = {digit: value for value, digit in enumerate(BV_DIGITS)}
BV_XOR = 23_442_827_791_579
BV_TOP = 1 << 51

# 微博: groups of seven decimal digits from the right, each four digits of base 62.
BID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BID_VALUE = {digit: value for value, digit in enumerate(BID_DIGITS)}


def swapped(code: list[str]) -> list[str]:
    """The nine digits of a BV code with the platform's two exchanges, which undo themselves."""
    code[0], code[6] = code[6], code[0]
    code[1], code[4] = code[4], code[1]
    return code


def av_to_bv(aid: int) -> str:
    """BV code of an av number below 2^51; ValueError above."""
    if not 0 < aid < BV_TOP:
        raise ValueError(f"no av number: {aid}")
    rest = (BV_TOP | aid) ^ BV_XOR
    digits = []
    for _ in range(9):
        rest, digit = divmod(rest, 58)
        digits.append(BV_DIGITS[digit])
    return "BV1" + "".join(swapped(digits[::-1]))


def bv_to_av(code: str) -> int:
    """The av number of a BV code ("BV1" and nine more); ValueError for what is none."""
    if len(code) != 12 or not code.startswith("BV1") or any(c not in BV_VALUE for c in code[3:]):
        raise ValueError(f"no BV code: {code!r}")
    number = 0
    for digit in swapped(list(code[3:])):
        number = number * 58 + BV_VALUE[digit]
    return (number & (BV_TOP - 1)) ^ BV_XOR


def mid_to_bid(mid: str) -> str:
    """微博 number to its base-62 code; ValueError for what is no number."""
    if not (mid.isascii() and mid.isdigit() and mid.strip("0")):
        raise ValueError(f"no mid: {mid!r}")
    text = mid.lstrip("0")
    starts = range(len(text) % 7 - 7 if len(text) % 7 else 0, len(text), 7)
    groups = [base62(int(text[max(start, 0) : start + 7])) for start in starts]
    return groups[0] + "".join(group.rjust(4, "0") for group in groups[1:])


def base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BID_DIGITS[digit] + digits
    return digits


def bid_to_mid(bid: str) -> str:
    """微博 base-62 code to its number; ValueError for what is no such code."""
    if not bid or any(digit not in BID_VALUE for digit in bid):
        raise ValueError(f"no bid: {bid!r}")
    first = len(bid) % 4 or 4
    chunks = [bid[:first], *(bid[at : at + 4] for at in range(first, len(bid), 4))]
    groups = []
    for chunk in chunks:
        number = 0
        for digit in chunk:
            number = number * 62 + BID_VALUE[digit]
        if number >= 10**7:
            raise ValueError(f"no bid: {bid!r}")
        groups.append(f"{number:07d}")
    return "".join(groups).lstrip("0")
