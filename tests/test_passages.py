"""Which words the model shows: those that weigh, whole clauses, of one field."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.document import Document, lay_out, with_breaks
from classifiers.learned import Weights
from classifiers.passages import Passage, pulls, strongest, telling_words
from classifiers.text_features import WORDS_FROM, grams
from tests.test_learned import small

WORDS = st.sampled_from(
    ["免费", "证书", "老师", "天气", "，", "。", "\n", " ", "！", "abc", "😀", "\u200b"]
)
TEXTS = st.lists(WORDS, max_size=60).map("".join)


def weighing(**words: float) -> Weights:
    """A model in which only these words count."""
    weights = small()
    for word, weight in words.items():
        found = grams(word).features
        (place,) = found[found >= WORDS_FROM]
        weights.grams[place] = weight
    return weights


def document(text: str, title: str = "", account: str = "") -> Document:
    return with_breaks(lay_out([("title", title), ("text", text), ("account", account)]))


def shown(laid: Document, weights: Weights) -> tuple[Passage, ...]:
    looked = grams(laid.text)
    return strongest(laid, looked, pulls(weights, looked))


def said(laid: Document, weights: Weights) -> list[str]:
    return [laid.text[one.start : one.end] for one in shown(laid, weights)]


def test_the_sentence_with_the_weighing_word_is_shown() -> None:
    laid = document("今天天气好。证书免费找老师。明天再说。")
    assert said(laid, weighing(免费=2.0)) == ["证书免费找老师。"]


def test_the_strongest_comes_first_and_half_as_strong_ones_after_it() -> None:
    laid = document("证书很好。老师免费。今天天气。")
    assert said(laid, weighing(免费=4.0, 证书=3.0, 天气=1.0)) == ["老师免费。", "证书很好。"]


def test_at_most_three_are_shown() -> None:
    assert len(shown(document("全都免费。" * 9), weighing(免费=1.0))) == 3


def test_where_nothing_speaks_for_an_offence_one_is_shown_still() -> None:
    assert len(shown(document("今天天气好。各位老师好。"), weighing(天气=-1.0))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "免费",
        "1 2 3 4 5 6 7",
        "school.test",
        "版权所有 免费样例网",
        "豫ICP备00000000号 免费样例",
        "上一篇 免费 下一篇",
    ],
)
def test_what_no_person_could_sign_for_is_never_shown(line: str) -> None:
    assert shown(document(line), weighing(免费=1.0)) == ()


def test_a_text_of_nothing_shows_nothing() -> None:
    for text in ("", "\n \n", "\u200b\u200b"):
        assert shown(document(text), weighing(免费=1.0)) == ()


def test_a_sentence_without_end_is_shown_in_part() -> None:
    laid = document("老师" * 200 + "免费" + "天气" * 200)
    (passage,) = shown(laid, weighing(免费=1.0))
    assert passage.end - passage.start <= 80
    assert "免费" in laid.text[passage.start : passage.end]


def test_words_are_shown_in_the_field_they_stand_in() -> None:
    laid = document("天气好", title="证书报名", account="免费老师")
    (passage,) = shown(laid, weighing(免费=1.0))
    piece = laid.evidence(passage.start, passage.end)
    assert (piece.field, piece.quote) == ("account", "免费老师")


def test_repeats_share_what_the_word_weighs() -> None:
    """What the pieces add is told piece by piece; a word said twice is one feature."""
    weights, once, twice = weighing(免费=1.0), grams("免费。老师"), grams("免费。免费")
    assert (pulls(weights, once) > 0).sum() == 1
    assert (pulls(weights, twice) > 0).sum() == 2
    assert not len(pulls(weights, grams("")))


def test_the_telling_words_are_the_weightiest_in_text_order() -> None:
    laid = document("老师说证书免费，天气好")
    weights = weighing(天气=3.0, 证书=2.0, 免费=4.0, 老师=0.5)
    looked = grams(laid.text)
    pulled = pulls(weights, looked)
    (passage, *_) = strongest(laid, looked, pulled)
    assert telling_words(laid, passage, looked, pulled) == ["证书", "免费", "天气"]


def test_a_pair_of_words_is_told_where_it_stands() -> None:
    laid = document("今天包过，证书很好")
    weights = weighing(证书=2.0)
    pair = set(grams("包过").features) - set(grams("包").features) - set(grams("过").features)
    weights.grams[[place for place in pair if place >= WORDS_FROM]] = 4.0
    looked = grams(laid.text)
    pulled = pulls(weights, looked)
    assert telling_words(laid, shown(laid, weights)[0], looked, pulled) == ["包过", "证书"]


def test_words_that_speak_against_an_offence_are_not_told_as_its_signs() -> None:
    laid = document("证书免费")
    looked = grams(laid.text)
    pulled = pulls(weighing(免费=-1.0, 证书=-2.0), looked)
    (passage, *_) = strongest(laid, looked, pulled)
    assert telling_words(laid, passage, looked, pulled) == []


@given(TEXTS, TEXTS, TEXTS)
def test_every_passage_is_words_of_one_field(title: str, text: str, account: str) -> None:
    laid = document(text, title, account)
    weights = weighing(免费=2.0, 证书=1.0, 天气=-1.0)
    found = shown(laid, weights)
    for one in found:
        piece = laid.evidence(one.start, one.end)
        field = {"title": title, "text": text, "account": account}[piece.field]
        assert field[piece.start : piece.end] == piece.quote
        assert laid.text[one.start : one.end].strip()
    assert list(found) == sorted(found, key=lambda one: -one.weight)


@given(TEXTS)
def test_clauses_together_weigh_what_the_whole_text_weighs(text: str) -> None:
    laid = document(text)
    weights = small(grams=np.random.default_rng(7).normal(size=len(small().grams)))
    looked = grams(laid.text)
    pulled = pulls(weights, looked)
    best = strongest(laid, looked, pulled)
    assert all(np.isfinite(one.weight) for one in best)
    if len(best) == 1 and (best[0].start, best[0].end) == (0, len(laid.text)):
        assert best[0].weight == pytest.approx(float(pulled.sum()), abs=1e-3)
