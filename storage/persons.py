"""Who is responsible: names as people type them, and whether two are the same."""

from __future__ import annotations

import unicodedata

from storage.bilingual import Problem


def named_person(by: str) -> str:
    """The name as it is kept: blanks and breaks of any kind as one blank, letters composed."""
    name = unicodedata.normalize("NFC", " ".join(by.split()))
    if not name:
        raise Problem(
            "没有写明经办人，没有写入。请给出姓名或账号。",
            "Nobody is named as the person responsible; nothing was written. Give a name.",
        )
    return name


def folded_name(name: str) -> str:
    """Without case, width and blanks: 王 审核 and 王审核 are one person."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_person(one: str, other: str) -> bool:
    return folded_name(one) == folded_name(other)
