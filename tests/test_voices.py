"""Offers and everything else in many voices, written for this project, one text a line.

`voices/offers.txt` must be flagged, `voices/others.txt` must not: warnings, news, complaints,
questions, notices, job advertisements, lawful schools and plain talk with the same words.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from classifiers.judge import load_judge
from classifiers.subject import Subject

FOLDER = Path(__file__).with_name("voices")
OFFERS = (FOLDER / "offers.txt").read_text(encoding="utf-8").splitlines()
OTHERS = (FOLDER / "others.txt").read_text(encoding="utf-8").splitlines()
JUDGE = load_judge(model=None)


def start(text: str) -> str:
    return text[:12]


@pytest.mark.parametrize("text", OFFERS, ids=start)
def test_an_offer_is_flagged_with_words_that_stand_in_it(text: str) -> None:
    judgement = JUDGE.judge(Subject(text=text))
    assert judgement.flagged
    for finding in judgement.findings:
        assert all(text[piece.start : piece.end] == piece.quote for piece in finding.evidence)
        assert finding.why.endswith("。")
        assert finding.legal_basis


@pytest.mark.parametrize("text", OTHERS, ids=start)
def test_the_same_words_in_another_voice_stay_clean(text: str) -> None:
    assert JUDGE.judge(Subject(text=text)).findings == ()


@pytest.mark.parametrize("text", OFFERS[::3], ids=start)
def test_an_offer_stays_one_below_ordinary_page_furniture(text: str) -> None:
    page = f"首页 课程 师资 联系\n{text}\n版权所有 某某网 豫ICP备00000000号"
    assert JUDGE.judge(Subject(title="某某培训", text=page)).flagged


@pytest.mark.parametrize("text", OFFERS[::3], ids=start)
def test_an_offer_is_found_in_traditional_characters_and_full_width(text: str) -> None:
    table = str.maketrans("证书职业资格过时报与", "證書職業資格過時報與")
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    assert JUDGE.judge(Subject(text=text.translate(table))).flagged
    assert JUDGE.judge(Subject(text=text.translate(wide))).flagged


@pytest.mark.parametrize("text", OFFERS[::3], ids=start)
def test_zero_width_characters_hide_nothing(text: str) -> None:
    assert JUDGE.judge(Subject(text="\u200b".join(text))).flagged
