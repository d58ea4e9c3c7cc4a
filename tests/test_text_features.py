"""A text as numbers: the law of the hash, places that lead back, texts that mean harm."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.document import lay_out
from classifiers.hashing import Hashed
from classifiers.text_features import BITS, FEATURES, MOST, WORDS_FROM, grams, masked

ANY = st.text(alphabet=st.characters(), max_size=60)
CHINESE = st.lists(
    st.sampled_from(["焊工", "包过", "证书", "2024", "13800000000", "，", "\n", "a", "𠮷", "😀"]),
    max_size=30,
).map("".join)
TEXTS = ANY | CHINESE


def hashed(text: str) -> Hashed:
    return Hashed(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32))


def piece(text: str, start: int, end: int, salt: int = 2) -> int:
    places = np.array([start]), np.array([end])
    return int(hashed(text).pieces(*places, salt, BITS)[0])


@given(TEXTS, TEXTS.filter(bool), TEXTS, st.integers(1, 12))
def test_a_piece_hashes_alike_wherever_it_stands(
    before: str, words: str, after: str, salt: int
) -> None:
    whole = before + words + after
    inside = piece(whole, len(before), len(before) + len(words), salt)
    assert inside == piece(words, 0, len(words), salt)
    assert 0 <= inside < 1 << BITS


def test_a_piece_hashes_alike_far_into_a_long_text() -> None:
    assert piece("证" * 39_000 + "包过", 39_000, 39_002) == piece("包过", 0, 2)


def test_other_pieces_and_other_salts_give_other_numbers() -> None:
    words = [chr(0x4E00 + a) + chr(0x4E00 + b) for a in range(40) for b in range(40)]
    places = {piece(word, 0, 2) for word in words}
    assert len(places) > len(words) * 0.98  # 1,600 in 262,144 places: about five meet
    assert piece("包过", 0, 2, 2) != piece("包过", 0, 2, 11)
    assert piece("包过", 0, 2) != piece("过包", 0, 2)


@given(TEXTS)
def test_places_lie_within_the_document(text: str) -> None:
    shown = lay_out([("title", ""), ("text", text)]).text
    found = grams(shown)
    assert (found.starts >= 0).all()
    assert (found.starts < found.ends).all()
    assert (found.ends <= len(shown)).all()
    assert len(found.pieces) == len(found.starts) == len(found.ends)


@given(TEXTS)
def test_every_feature_is_in_range_in_order_and_borne_by_a_piece(text: str) -> None:
    found = grams(text)
    assert (np.diff(found.features) > 0).all()
    assert ((found.features >= 0) & (found.features < FEATURES)).all()
    assert set(found.pieces.tolist()) == set(found.features.tolist())


@given(TEXTS)
def test_the_same_text_gets_the_same_features(text: str) -> None:
    first, second = grams(text), grams(text)
    for name in ("features", "values", "pieces", "starts", "ends"):
        assert (getattr(first, name) == getattr(second, name)).all()


@given(CHINESE.filter(lambda text: bool(text.strip())))
def test_characters_and_words_weigh_the_same_however_long_the_text(text: str) -> None:
    found = grams(text)
    for low, high in ((0, WORDS_FROM), (WORDS_FROM, FEATURES)):
        kind = found.values[(found.features >= low) & (found.features < high)]
        assert np.isclose((kind**2).sum(), 1.0, atol=1e-4)


def test_pieces_are_the_words_where_they_stand() -> None:
    text = "学员都过了，证书很好"
    found = grams(text)
    words = np.flatnonzero(found.pieces >= WORDS_FROM).tolist()
    said = {text[found.starts[at] : found.ends[at]] for at in words}
    assert {"学员", "证书", "很", "，证书", "学员都"} <= said
    at = next(at for at in words if text[found.starts[at] : found.ends[at]] == "证书")
    assert found.pieces[at] in grams("领证书了").features


def test_a_job_title_is_one_sign_and_long_figures_are_cut() -> None:
    text = "报育婴员2024年6800元，电话13800000000"
    shown, places = masked(text)
    assert shown == "报㊣000年000元，电话000"
    assert [text[at] for at in places[2:6]] == ["2", "0", "2", "年"]
    assert masked("育婴员真好")[0] == masked("焊工真好")[0] == "㊣真好"


def test_nothing_gives_nothing() -> None:
    for empty in ("", "\n", "\n\n\n"):
        found = grams(empty)
        assert not len(found.features)
        assert not len(found.pieces)


def test_lone_surrogates_are_only_odd_characters() -> None:
    for text in ("\ud800", "包\udfff过", "\ud800\udc00证", "证" + "\udc80" * 50):
        found = grams(text)
        assert (found.ends <= len(text)).all()
        assert len(found.features)


@pytest.mark.parametrize(
    "flood",
    ["\u200b" * 1_000_000, "包过" * 500_000, "㊣" * 1_000_000, "0" * 1_000_000, "\n" * 1_000_000],
    ids=["zero-width", "words", "signs", "figures", "breaks"],
)
@pytest.mark.timeout(30)
def test_a_flood_costs_no_more_than_its_beginning(flood: str) -> None:
    began = time.monotonic()
    found = grams(flood)
    assert time.monotonic() - began < 5
    assert (found.ends <= MOST).all()


def test_what_stands_beyond_the_limit_changes_nothing() -> None:
    page = "证书" * (MOST // 2)
    assert (grams(page + "包过").features == grams(page).features).all()
