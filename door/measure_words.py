"""What the measures of the learned model (classifiers/shape.py) are called."""

from __future__ import annotations

from classifiers.laws import atom
from door.check_report import VOICES
from door.rule_words import HOSTS, Shelf
from door.speech import t

PLAIN = {
    "claims": ("成立的规则数", "how many rules hold"),
    "together": ("规则合计", "what the rules add up to"),
    "length": ("文字长度", "length"),
    "gaps": ("字间夹杂的符号", "signs put between characters"),
    "blanks": ("字间夹杂的空格", "blanks put between characters"),
    "gaps a character": ("夹杂符号的密度", "density of signs between characters"),
    "quoted": ("引号内的比例", "share in quotation marks"),
    "reported": ("转述他人的比例", "share told of others"),
    "off topic": ("与证书、考试、培训无关", "about nothing of the kind"),
    "titled": ("有标题", "has a title"),
    "latin inside": ("汉字间夹拼音字母", "letters among Chinese characters"),
    "signs": ("表情符号", "emoji"),
}
OF_RULES = {
    "rule": ("规则 {} 的词句在文中", "words of rule {}"),
    "share": ("规则 {} 成立的份额", "share of rule {}"),
    "unmet": ("有规则 {} 的词而语境不合", "words of rule {} out of context"),
}
OF_CONCEPTS = {
    "said": ("文中有“{}”类词", "words of “{}”"),
    "own": ("作者自己说“{}”类词", "the author's own “{}”"),
    "title": ("标题有“{}”类词", "“{}” in the title"),
}


def measure_said(shelf: Shelf, name: str) -> str:
    """In plain words; a name from a model of another day is shown as it is."""
    kind, _, of = name.partition(" ")
    if name in PLAIN:
        return t(*PLAIN[name])
    if kind in OF_RULES:
        return t(*OF_RULES[kind]).format(of)
    if kind in OF_CONCEPTS:
        return t(*OF_CONCEPTS[kind]).format(shelf.concept(of))
    return of_others(kind, of) or name


def of_others(kind: str, of: str) -> str:
    known = atom(of) if kind == "code" else None
    if known:
        return t(f"违规 {of}（{known.zh}）", f"offence {of} ({known.en})")
    if kind == "voice" and of in VOICES:
        return t("发言者：", "speaker: ") + t(*VOICES[of])
    if kind == "weight" and of in VOICES:
        return t("口吻像", "sounds like ") + t(*VOICES[of])
    if kind == "host" and of in HOSTS:
        return t("网址属于", "the URL is among ") + t(*HOSTS[of])
    return ""
