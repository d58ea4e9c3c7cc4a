"""Whatever an advertiser typed, no cell of a list is a formula, and what one reads is kept."""

from __future__ import annotations

import unicodedata
import zipfile
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exports import takedown_list_csv, takedown_list_xlsx
from exports.cells import LIMIT, csv_cell, is_dangerous, is_plain, visible, xlsx_cell
from exports.takedown_rows import COLUMNS
from tests.takedown_samples import HEAD as OUTWARD_HEAD
from tests.takedown_samples import read_csv, row

HEAD = replace(OUTWARD_HEAD, internal=True)  # every column
OPERATORS = set("=+-@＝＋－＠")
ATTACKS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000＝1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "\x1b=1",
    "＋1",
    "－1",
    "＠1",
    '"=1',
    '",=1',
    ";=1",
    "'=1",
    "\t",
    "\n正常",
    "<r>=1</r>",
    "<r><t>x</t></r>",
    "_x003D_1",
    "http://evil.example/",
    "mailto:a@b.example",
    "internal:Sheet1!A1",
    "\ud83d",
)
texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(),
    st.text(alphabet=st.sampled_from("=+-@＝＋ \t\r\n\"',;\u200b\x00\x0b包过<r>/&_x05F")),
)


def looks_like_a_formula(cell: str) -> bool:
    """A reader's own view, apart from the code: blanks and invisible signs do not count."""
    signs = [sign for sign in cell if unicodedata.category(sign)[0] not in "ZC"]
    return bool(signs) and signs[0] in OPERATORS


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_known_attack_is_guarded_in_a_csv(attack):
    assert not looks_like_a_formula(csv_cell(attack))


@settings(max_examples=400, deadline=None)
@given(texts)
@example("=" + "A" * (LIMIT + 5))
def test_no_csv_cell_is_a_formula_and_what_one_reads_is_kept(text):
    cell = csv_cell(text)
    assert not looks_like_a_formula(cell)
    assert cell in {visible(text), "'" + visible(text)[: LIMIT - 1]}


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
@example(list(ATTACKS))
def test_a_csv_read_back_holds_no_formula(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("csv") / "list.csv"
    takedown_list_csv.write([row(title=text, notes=text) for text in written], path, HEAD)
    lines = read_csv(path)[1:]
    assert not any(looks_like_a_formula(cell) for line in lines for cell in line)
    titles = [line[list(COLUMNS).index("title")] for line in lines]
    assert titles == [csv_cell(text) for text in written]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
@example(list(ATTACKS))
def test_an_xlsx_read_back_holds_text_only_and_what_one_reads_is_kept(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("xlsx") / "list.xlsx"
    takedown_list_xlsx.write([row(title=text) for text in written], path, HEAD)
    sheet = load_workbook(path)["处置清单"]
    column = list(COLUMNS).index("title") + 1
    for place, text in enumerate(written, 3):  # under title and head
        cell = sheet.cell(place, column)
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        # An escape that the format itself defines: a literal _x0041_ is written _x005F_x0041_.
        assert (cell.value or "").replace("_x005F_", "_") == xlsx_cell(text).replace("_x005F_", "_")
        if looks_like_a_formula(text):
            assert cell.quotePrefix


def test_an_xlsx_holds_no_formula_element_and_no_link(tmp_path):
    takedown_list_xlsx.write(
        [row(title=attack, url=attack) for attack in ATTACKS], tmp_path / "a.xlsx", HEAD
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode("utf-8")
        assert not any("rels/sheet" in name for name in parts.namelist())
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_a_cell_longer_than_excel_takes_is_cut_and_says_so(tmp_path):
    long = "证😀" * 20_000
    takedown_list_xlsx.write([row(title=long)], tmp_path / "a.xlsx", HEAD)
    kept = load_workbook(tmp_path / "a.xlsx")["处置清单"].cell(3, 13).value
    assert kept.endswith("…（已截断）")
    assert len(kept.encode("utf-16-le")) // 2 <= LIMIT
    assert len(visible("证" * LIMIT)) == LIMIT


def test_signs_that_no_cell_can_hold_leave_a_mark():
    assert visible("a\x00b\x0bc\ud83dd\uffff") == "a\ufffdb\ufffdc\ufffdd\ufffd"
    assert visible("一\r\n二\r三\t四") == "一\n二\n三\t四"


@given(st.text())
def test_a_cell_taken_as_plain_needs_neither_guard_nor_change(text):
    if is_plain(text):
        assert not is_dangerous(text)
        assert xlsx_cell(text) == text
