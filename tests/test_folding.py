from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.folding import Folded, fold, squeeze
from classifiers.segments import is_whole, is_whole_over_gaps

ANYTHING = st.text(alphabet=st.characters(), max_size=60)  # lone surrogates included
ADS = st.text(alphabet="包过保證证书(zheng)♂·_ */🍞\u200b\ufe0f㊝①ＶvX面期,。\n ", max_size=40)


def written(original: str, folded: Folded) -> list[str]:
    return [original[a:b] for a, b in zip(folded.starts, folded.ends, strict=True)]


def check_the_way_back(original: str, folded: Folded) -> None:
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= a < b <= len(original) for a, b in zip(folded.starts, folded.ends, strict=True))


@given(ANYTHING | ADS)
def test_every_folded_character_comes_from_a_place_in_the_original(text: str) -> None:
    check_the_way_back(text, fold(text))
    check_the_way_back(text, squeeze(fold(text)))


@given(ANYTHING | ADS)
def test_a_folded_character_is_the_folding_of_what_was_written_there(text: str) -> None:
    folded = fold(text)
    assert all(
        char in fold(piece).text
        for char, piece in zip(folded.text, written(text, folded), strict=True)
    )


@given(ANYTHING | ADS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(ANYTHING)
def test_folded_text_can_always_be_written_as_utf_8(text: str) -> None:
    assert squeeze(fold(text)).text.encode("utf-8").decode("utf-8") == squeeze(fold(text)).text


@given(ADS)
def test_squeezing_only_leaves_characters_out(text: str) -> None:
    folded, squeezed = fold(text), squeeze(fold(text))
    kept = iter(folded.text)
    assert all(char in kept for char in squeezed.text)


@given(ADS)
def test_gaps_stand_exactly_where_the_original_jumps(text: str) -> None:
    folded, squeezed = fold(text), squeeze(fold(text))
    places = {start: at for at, start in enumerate(folded.starts)} if folded.text else {}
    at = [places.get(start) for start in squeezed.starts]
    if len(places) == len(folded.text):  # no character of this text folds to several
        jumps = [i for i in range(1, len(at)) if at[i] != (at[i - 1] or 0) + 1]
        assert list(squeezed.gaps) == jumps


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("①②㈠", "12(一)"),
        ("𝟭𝟯𝟴", "138"),
        ("ⓥⓍ", "vx"),
        ("證書職業資格", "证书职业资格"),
        ("包過保過掛靠", "包过保过挂靠"),
        ("包\u200b\u200c\u2060过", "包过"),
        ("包\ufe0f⃣过", "包过"),
        ("包̶过̶", "包过"),
        ("㊝", "优"),
        ("他说……好。", "他说……好。"),
        ("İ", "i"),
        ("", ""),
    ],
)
def test_forms_are_made_alike(written_as: str, read_as: str) -> None:
    assert fold(written_as).text == read_as


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        ("包♂过", "包过"),
        ("包·过", "包过"),
        ("包_过", "包过"),
        ("包 过", "包过"),
        ("包 * 过", "包过"),
        ("包🍀过", "包过"),
        ("证(zheng)书(shū)", "证书(shū)"),
        ("證書(shū)辦理", "证书办理"),
        ("有 会 计 证", "有会计证"),
    ],
)
def test_gaps_between_han_characters_are_closed(written_as: str, read_as: str) -> None:
    squeezed = squeeze(fold(written_as))
    assert squeezed.text == read_as
    assert squeezed.gaps


@pytest.mark.parametrize(
    "text",
    [
        "包，过",
        "包。过",
        "包\n过",
        "包  过",
        "包、过",
        "包“过”",
        "包——过",
        "包……过",
        "a b",
        "包 a 过",
    ],
)
def test_punctuation_columns_and_line_breaks_stay(text: str) -> None:
    assert squeeze(fold(text)).text == fold(text).text


def test_a_span_quotes_the_authors_own_characters() -> None:
    text = "签约【包♂過】班"
    squeezed = squeeze(fold(text))
    at = squeezed.text.index("包过")
    start, end = squeezed.span(at, at + 2)
    assert text[start:end] == "包♂過"
    assert squeezed.gap_inside(at, at + 2)
    assert not squeezed.gap_inside(0, 2)


def test_ordinary_text_needs_no_list_of_places() -> None:
    folded = fold("今天天气不错，APP 里看到證書。")
    assert isinstance(folded.starts, range)
    assert squeeze(folded) is folded


@pytest.mark.parametrize(
    ("text", "whole"), [("面包 过期", False), ("书包 过道", False), ("签约 包过", True)]
)
def test_a_word_put_together_over_a_blank_must_not_cut_other_words(text: str, whole: bool) -> None:
    squeezed = squeeze(fold(text))
    at = squeezed.text.index("包过")
    if squeezed.gap_inside(at, at + 2):
        assert is_whole_over_gaps(squeezed, at, at + 2) is whole
    else:
        assert whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [("签约包过班", True), ("面包过期了", False), ("承包过程管理", False), ("小包过安检", False)],
)
def test_the_segmenter_says_whether_a_hit_is_a_word_of_its_own(text: str, whole: bool) -> None:
    at = text.index("包过")
    assert is_whole(text, at, at + 2) is whole


@pytest.mark.parametrize("unit", ["包\u200b", "包♂", "包 ", "㎡", "(a)包", "\ud800"])
@pytest.mark.timeout(60)
def test_a_flood_is_folded_as_its_unit_is_with_the_way_back_whole(unit: str) -> None:
    times = 64_000
    folded = fold(unit * times)
    assert folded.text == fold(unit).text * times
    check_the_way_back(unit * times, folded)
    check_the_way_back(unit * times, squeeze(folded))
