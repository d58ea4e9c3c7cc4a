"""What platforms put into their scripts is read, whatever stands around it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import embedded
from crawler.embedded import (
    LONGEST_STRING,
    Room,
    after,
    assigned,
    closing,
    comments,
    json_text,
    linked_data,
    object_at,
    script_by_id,
    streamed,
    strings_after,
    unescaped,
)
from crawler.js_literal import read_literal
from crawler.shapes import dig, every_object, first, items, objects, words

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
containers = st.lists(plain, max_size=4) | st.dictionaries(st.text(max_size=5), plain, max_size=4)


@given(containers, st.text(max_size=20))
def test_whatever_json_a_page_assigns_comes_back_whole(value, behind):
    html = f"<script>window.__STATE__ = {json.dumps(value)};{behind}</script>"
    assert next(assigned(html, "window.__STATE__")) == value


@given(containers)
def test_the_reader_of_javascript_reads_every_json_alike(value):
    assert read_literal(json.dumps(value), 0) == value
    assert read_literal(json.dumps(value, ensure_ascii=False), 0) == value


@given(containers)
def test_undefined_in_the_place_of_a_value_is_null_and_in_a_text_stays_a_word(value):
    text = json.dumps({"gone": 0, "said": "a:undefined,b", "kept": value})
    told = text.replace('"gone": 0', '"gone": undefined')
    assert object_at(told, 0) == {"gone": None, "said": "a:undefined,b", "kept": value}


@given(st.text(max_size=300))
def test_nothing_that_stands_in_a_script_raises(junk):
    html = f"<script>var a = {{{junk}"
    list(assigned(html, "a"))
    read_literal(junk, 0)
    json_text(junk)
    script_by_id(junk, "x")
    list(linked_data(junk))


@given(st.text(max_size=50))
def test_a_text_written_in_escapes_is_read_as_it_was(text):
    written = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\u{{{ord(c):x}}}" for c in text
    )
    assert unescaped(written) == text


def test_the_javascript_of_an_article_page_is_read():
    script = """
      window.cgiDataNew = {
        title: JsDecode('\\x3c电工\\x3e it\\'s'), // a comment, with 'quotes'
        mid: '2247' * 1, idx: '' * 1, link: "https://a.example/s?a=1\\x26amp;b=2",
        list: [ {cdn_url: 'u1',}, {cdn_url: 'u2'}, ],
        flag: !0, off: !1, nothing: void 0, missing: undefined,
        computed: a + b, called: f({x: [1, 2]}, ')'), next: 'n' || '', other: '' || 'o',
        'quoted-key': 1.5, method() { return {a: 1}; }, last: `t`,
      };
    """
    (read,) = assigned(script, "window.cgiDataNew")
    assert read["title"] == "<电工> it's"
    assert (read["mid"], read["idx"]) == (2247, 0)
    assert read["link"] == "https://a.example/s?a=1&amp;b=2"
    assert [one["cdn_url"] for one in read["list"]] == ["u1", "u2"]
    assert (read["flag"], read["off"], read["nothing"], read["missing"]) == (
        True,
        False,
        None,
        None,
    )
    assert (read["computed"], read["called"], read["next"], read["other"]) == (None, None, "n", "o")
    assert (read["quoted-key"], read["last"]) == (1.5, "t")


def test_an_assignment_is_told_from_names_that_only_end_alike():
    html = 'mywindow.a = {"x": 1}; window.ab = {"x": 2}; window.a = {"x": 3}; window.a == {"x": 4}'
    assert list(assigned(html, "window.a")) == [{"x": 3}]


def test_a_state_that_is_cut_off_gives_nothing_and_costs_little():
    assert list(assigned("window.a = {" + '"k": [' * 50_000, "window.a")) == []
    assert list(assigned("window.a = " + "[" * 200_000, "window.a")) == []
    assert list(assigned("window.a = {'k': '" + "x" * 100_000, "window.a")) == []


def test_a_url_encoded_state_is_read_by_its_script_s_id():
    html = (
        '<script id="RENDER_DATA" type="application/json">%7B%22a%22%3A%22%E8%AF%81%22%7D</script>'
    )
    assert script_by_id(html, "RENDER_DATA") == {"a": "证"}
    assert script_by_id(html, "RENDER") is None


def test_a_string_behind_a_pattern_is_read_with_its_escapes():
    html = "var a = ''; var a = 'x\\x26y'; var b = 7; var c = f();"
    assert strings_after(html, re.compile(r"var (\w) = ")) == {"a": "x&y", "b": "7"}
    assert list(after('render([{"a":1}][0])', re.compile(r"render\("))) == [[{"a": 1}]]


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '\ufeff {"a": 1}', 'cb_1({"a": 1});', ')]}\',\n{"a": 1}', 'for(;;);{"a": 1}'],
)
def test_an_answer_is_read_in_every_wrapping(text):
    assert json_text(text) == {"a": 1}


@pytest.mark.parametrize("text", ["", "<html>", "alert(1)", "null", "blocked", "{", "1"])
def test_what_is_no_answer_is_none(text):
    assert json_text(text) is None


def test_self_descriptions_are_read_in_lists_and_graphs():
    html = """<script type="application/ld+json">[{"@type": "A"}, {"@graph": [{"@type": "B"}]}]
    </script><script type="application/ld+json">broken</script>"""
    assert [one.get("@type") for one in linked_data(html)] == ["A", None, "B"]


def test_comments_are_given_one_by_one_and_an_open_one_is_none():
    assert list(comments("a<!--b<!-- c-->d<!---->e<!--f")) == ["b<!-- c", ""]


@given(plain, st.text(alphabet="ab.01", max_size=8))
def test_no_shape_makes_a_reader_of_shapes_raise(value, path):
    dig(value, path)
    assert isinstance(words(value, path), str)
    assert isinstance(items(value, path), list)
    assert all(isinstance(one, dict) for one in objects(value, path))
    assert all(isinstance(one, dict) for one in every_object(value))


def test_values_are_found_by_their_way_in():
    value = {"data": {"items": [{"id": 12.0, "name": " 甲 "}], "map": {"x": {"id": 3}}, "no": None}}
    assert words(value, "data.no", "data.items.0.name") == "甲"
    assert words(value, "data.items.0.id") == "12"
    assert first(value, "data.no", "data.map.x") == {"id": 3}
    assert objects(value, "data.map") == [{"id": 3}]
    assert [one["id"] for one in every_object(value) if "id" in one] == [12.0, 3]


def pushed(*pieces: str) -> str:
    return "".join(f"<script>self.__f.push([1,{json.dumps(one)}])</script>" for one in pieces)


def test_a_state_written_piece_by_piece_is_put_together_again():
    rows = '0:"$Sreact"\n5:["$","$L1",null,{"a":{"b":"é\\n"}}]\nb:{"c":1}\n'
    for cut in range(len(rows)):
        assert list(streamed(pushed(rows[:cut], rows[cut:]), "self.__f")) == [
            ["$", "$L1", None, {"a": {"b": "é\n"}}],
            {"c": 1},
        ]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "self.__f.push([1,",
        'self.__f.push([1,"unended',
        'self.__f.push([1,"5:[1"])',
        "self.__f.push([1,5])",
        'self.__f.push([0,"5:[1]"])',
        'other.push([1,"5:[1]"])',
    ],
)
def test_half_a_stream_is_no_state(html):
    assert list(streamed(html, "self.__f")) == []


def test_a_chain_of_alternatives_is_read_however_long_it_is():
    assert read_literal("'' || " * 3_000 + "'x'", 0) == "x"
    assert read_literal("{a: '' || 0 || null || {b: 1}, c: 'y' || 'z'}", 0) == {
        "a": {"b": 1},
        "c": "y",
    }
    assert read_literal("['' || ]", 0) == [None]


SHORT = "'s'," * 400_000


@pytest.mark.parametrize(
    "html",
    [
        "window.cgiData={a:[" * 45 + SHORT,  # never closed
        "window.cgiData={a:[" * 45 + SHORT + "]}" * 45,  # each in the one before
        "window.cgiData=[{" * 100_000,
        "window.cgiData={a:" + "[1," * 300_000,
    ],
)
def test_places_in_each_other_are_read_within_one_room(html, monkeypatch):
    passed = 0

    def counted(text: str, start: int, limit: int) -> int:
        nonlocal passed
        end = closing(text, start, limit)
        passed += (end or min(len(text), limit)) - start
        return end

    monkeypatch.setattr(embedded, "closing", counted)
    list(assigned(html, "window.cgiData", "cgiData"))
    assert passed <= Room().slow


def test_what_stands_behind_a_place_that_is_never_closed_is_still_read():
    html = "window.cgiData = {a: [ 'x', <p>" + "y" * 1000 + "<script>window.cgiData = {b: 'z'};"
    assert list(assigned(html, "window.cgiData")) == [{"b": "z"}]


@pytest.mark.timeout(
    60
)  # each took many minutes: every sign looked for its end to the end of the page
@pytest.mark.parametrize(
    "inside",
    ["/* " * 300_000, "b: " + "/* " * 300_000, "b: '" + '\\"' * 300_000 + "'}", "f(" * 300_000],
)
def test_signs_without_an_end_cost_one_look_each(inside):
    html = "window.cgiData = {a: 'x', " + inside
    list(assigned(html, "window.cgiData"))
    read_literal(html, html.index("{"))


def test_a_variable_is_looked_for_within_bounds(monkeypatch):
    given_ = []

    def counted(text: str, start: int) -> object:
        given_.append(len(text) - start)
        return read_literal(text, start)

    monkeypatch.setattr(embedded, "read_literal", counted)
    html = "var title = '' + (" * 5_000 + "x" * 1_000_000
    assert strings_after(html, re.compile(r"var (title) = (?=')")) == {}
    assert sum(given_) <= Room().slow + LONGEST_STRING


@given(st.text(max_size=30), st.text(st.characters(categories=["Cs"]), max_size=3))
def test_half_of_a_pair_never_comes_out_of_a_pages_json(before, halves):
    text = json.dumps({before + halves: [halves, before]})
    for value in (json_text(text), object_at(f"x = {text};", 4), object_at(text[:-1] + ",}", 0)):
        json.dumps(value, ensure_ascii=False).encode()
        assert next(iter(value.values()))[1] == before


def test_a_whole_pair_and_a_written_backslash_stay_what_they_are():
    assert json_text(r'{"a": "\ud83d\ude00\ud83d", "b": "\\ud800"}') == {
        "a": "\U0001f600\ufffd",
        "b": "\\ud800",
    }
