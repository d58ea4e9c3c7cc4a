"""Who is responsible: names as people type them, and whether two are the same.

Only what is written can be compared. A second name that is made up is another person to this file;
`storage/second_persons.py` asks the accounts of the house as well.
"""

from __future__ import annotations

import re
import unicodedata

from storage.bilingual import Problem

LONGEST = 80
# Nobody's name has these; most cannot be seen, and a line separator breaks the files of a case.
UNFIT = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk", "Zl", "Zp"})
# What is no letter to the eye though Unicode calls it one: fillers that show nothing.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
IN_BRACKETS = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^】]*】|〔[^〕]*〕|〈[^〉]*〉|《[^》]*》|「[^」]*」"
)
# A title before or behind a name says what somebody is, not who.
TITLE = (
    "(?:(?:副?(?:组长|科长|处长|股长|队长|局长|主任|主管|经理|所长|部长|书记)|审核员|复核员|签发人"
    "|管理员|审计员|科员|干事|专员|同志|老师|女士|先生)(?:助理)?)"
)
BEFORE, BEHIND = re.compile(f"^{TITLE}"), re.compile(f"{TITLE}$")
JOINERS = frozenset("\u034f\u180b\u180c\u180d")
SHORTEST = 2  # characters of a name that are left when a title is taken off
# Cyrillic and Greek letters that look like Latin ones.
LOOKALIKES = str.maketrans("авгеіјкмнорсѕтухһԁԛԝαβγεικνορτυχ", "abreijkmhopcstyxhdqwaβγeiknoptux")


def named_person(by: str) -> str:
    """The name, blanks around and doubled taken off. Problem for what cannot be anybody's."""
    plain = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in by.strip())
    name = unicodedata.normalize("NFC", " ".join(part for part in plain.split(" ") if part))
    if not name:
        raise Problem(
            "没有写明经办人，没有写入。请给出姓名或账号。",
            "Nobody is named as the person responsible; nothing was written. Give a name.",
        )
    if len(name) > LONGEST or any(unicodedata.category(sign) in UNFIT for sign in name):
        raise Problem(
            f"经办人姓名里有看不见的字符、表情或符号，或超过 {LONGEST} 个字符，没有写入。"
            "请重新键入姓名或账号。",
            "The name holds signs that cannot be seen, emoji or symbols, or is longer than "
            f"{LONGEST} characters; nothing was written. Type it again.",
        )
    if not person_key(name):
        raise Problem(
            "经办人姓名里没有文字，没有写入。请给出姓名或账号。",
            "The name has no letter in it; nothing was written. Give a name.",
        )
    return name


def folded_name(name: str) -> str:
    """A login as it is kept: without case, width and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def seen(text: str) -> str:
    """Without what shows nothing or is a picture, so that it makes no other name."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in UNFIT)


def letters(name: str) -> str:
    """Letters and digits alone; in a login of Latin letters its dots and dashes too."""
    folded = seen(folded_name(name))
    if folded.isascii():
        return "".join(sign for sign in folded if sign.isalnum() or sign in ".@_-") or ""
    signs: list[str] = []
    for sign in folded:
        if belongs(sign, signs[-1] if signs else ""):
            signs.append(sign)
    return "".join(signs)


def belongs(sign: str, before: str) -> bool:
    """Whether a sign is part of a name. Marks are where the script has them, as Tibetan has."""
    kind = unicodedata.category(sign)[0]
    if kind == "M":
        written = before > "\u024f" and not "\u3400" <= before <= "\u9fff"
        return written and not invisible(sign)
    return kind in "LN" and sign not in FILLERS


def shows(sign: str) -> bool:
    """Whether a sign can stand in a name as it is shown: seen, and where it is written."""
    return (
        unicodedata.category(sign) not in UNFIT and sign not in FILLERS and not invisible_mark(sign)
    )


def invisible_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M" and invisible(sign)


def invisible(mark: str) -> bool:
    return "\ufe00" <= mark <= "\ufe0f" or mark >= "\U000e0100" or mark in JOINERS


def person_key(name: str) -> str:
    """What one person's name has in common however it is typed: no title, no lookalikes."""
    text = unicodedata.normalize("NFKC", name)
    bare = IN_BRACKETS.sub("", text)
    found = letters(bare) or letters(text)
    for title in (BEHIND, BEFORE):
        short = title.sub("", found)
        found = short if len(short) >= SHORTEST else found
    return found.translate(LOOKALIKES)


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's as far as writing can tell.

    王审核, 王 审核, 王审核（组长） and 王审核 with a sign of no width are; so are "a" in Latin
    and in Cyrillic. Two colleagues of one name are taken for one: the stricter mistake.
    """
    return person_key(one) == person_key(other)
