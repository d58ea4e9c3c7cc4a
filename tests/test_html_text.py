from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.html_text import HtmlText, visible_text

PIECES = [
    *("<p>", "</p>", "<b>", "</b>", "<br>", "<br/>", "<div class='x'>", "</div>", '<a href="a>b">'),
    *(
        "<!--",
        "-->",
        "--!>",
        "<!-->",
        "<!doctype html>",
        "<?xml ?>",
        "</ x>",
        "<",
        ">",
        "&",
        "<script>",
    ),
    *("</script>", "<style>", "</style>", "<title>", "</title>", "<template>", "</template>"),
    *(
        "<textarea>",
        "</textarea>",
        "&nbsp;",
        "&#21253;",
        "&#x8fc7;",
        "&amp",
        "&lt;",
        "&bogus;",
        "&#0;",
    ),
    *("&#xD800;", "&NotEqualTilde;", " ", "\n", "\t", "\u3000", "签约包过", "x < y", "'", '"', "="),
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join)


def slices(html: str, page: HtmlText) -> list[str]:
    return [html[a:b] for a, b in zip(page.starts, page.ends, strict=True)]


def test_inline_tags_leave_no_trace_and_blocks_break_the_line() -> None:
    page = visible_text("<div>签约<b>包</b>过</div><p>三天拿证<br>可查</p>")
    assert page.text == "签约包过\n三天拿证\n可查\n"


def test_a_quote_in_the_text_leads_back_to_the_source_with_its_tags() -> None:
    html = "<p>签约<b>包</b>&#36807;</p>"
    page = visible_text(html)
    at = page.text.index("包过")
    assert html[page.starts[at] : page.ends[at + 1]] == "包</b>&#36807;"


def test_scripts_styles_comments_and_templates_are_not_read() -> None:
    html = (
        "<script>var a='<p>甲</p>'</script><style>乙</style><!-- 丙 --><noscript>丁</noscript>"
        "<template><p>戊</p><template>己</template>庚</template>辛"
    )
    assert visible_text(html).text == "辛"


def test_the_title_comes_apart_with_its_own_map() -> None:
    html = "<head><title>包&#36807;&amp;拿证</title></head><body>正文<svg><title>图</title></svg>"
    page = visible_text(html)
    assert page.title == "包过&拿证"
    assert html[page.title_starts[1] : page.title_ends[1]] == "&#36807;"
    assert page.text == "正文\n"


def test_white_space_folds_as_a_browser_folds_it() -> None:
    assert visible_text("<p>  签约\r\n\t 包过  </p>\n<p>x</p>").text == "签约 包过 \nx\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<!--b", "a"),
        ("a<!-->b", "ab"),
        ("a<!--->b", "ab"),
        ("a<!--x--!>b", "ab"),
        ("a < b", "a < b"),
        ("1<2", "1<2"),
        ("a<b", "a"),
        ('<a title="x>y">z</a>', "z"),
        ("<a title='x>y\">z</a>", 'y">z'),
        ("a</>b", "ab"),
        ("a<?php x ?>b", "ab"),
        ("&ampx&ltb&copy2020", "&x<b©2020"),
        ("&bogus; &", "&bogus; &"),
        ("&#99999999999999999999;", "\ufffd"),
        ("&#x" + "0" * 5000 + "41;", "A"),
        ("<SCRIPT>x</Script >y", "y"),
        ("<script>x", ""),
        ("<textarea>&lt;b> <i></textarea>", "<b> <i>\n"),
        ("", ""),
    ],
)
def test_broken_markup_is_read_as_a_browser_reads_it(html: str, text: str) -> None:
    assert visible_text(html).text == text


@given(MARKUP)
def test_every_character_maps_to_its_own_place_in_the_source(html: str) -> None:
    page = visible_text(html)
    assert len(page.text) == len(page.starts) == len(page.ends)
    assert len(page.title) == len(page.title_starts) == len(page.title_ends)
    last = 0
    for char, start, end in zip(page.text, page.starts, page.ends, strict=True):
        assert last <= start < end <= len(html)
        source = html[start:end]
        assert char in unescape(source) or char in " \n\ufffd"
        last = start


@given(MARKUP)
def test_a_character_written_as_itself_maps_to_exactly_itself(html: str) -> None:
    page = visible_text(html)
    for char, source in zip(page.text, slices(html, page), strict=True):
        if len(source) == 1 and char not in " \n":
            assert char == source


@given(st.text(st.characters(exclude_characters="<& \t\n\r\f"), max_size=50))
def test_text_without_markup_is_itself(text: str) -> None:
    page = visible_text(text)
    assert page.text == text
    assert list(page.starts) == list(range(len(text)))


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        '<a href="x ',
        "<a b='\">",
        "<!--",
        "<script>",
        "&",
        "&#",
        "<title>",
        "</",
        "<template>",
        " <",
    ],
)
@pytest.mark.timeout(60)
def test_a_hostile_source_does_not_hide_the_words_before_it(piece: str) -> None:
    html = "<p>开头的话</p>" + piece * (600_000 // len(piece))
    assert "开头的话" in visible_text(html).text
