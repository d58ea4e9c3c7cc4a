"""A letter's page (信函格式) after GB/T 9704-2012, with python-docx.

Fonts are named, never shipped: 方正小标宋 and 仿宋_GB2312 are on the machines of those who sign;
where they are not, the word processor takes another. Lengths in millimetres, type sizes in points.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

SONG: Final = "方正小标宋简体"  # 标题, 发文机关标志
FANG: Final = "仿宋_GB2312"  # 正文
HEI: Final = "黑体"  # 一级标题
KAI: Final = "楷体_GB2312"  # 二级标题
PLAIN: Final = "宋体"  # 页码
LATIN: Final = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 22.0, 16.0, 14.0, 10.5  # 二号, 三号, 四号, 五号
LINE: Final = 28.95  # points: 22 lines are 636.9 of the 637.8 points of 225 mm
RED: Final = RGBColor(0xE6, 0x00, 0x00)
# 22 lines a page. 28 signs a line come from setting 16-point signs .25 point closer (28 times 15.75
# is 441 points in a column of 442.2): a grid of signs is read differently by word processors
# (LibreOffice 7.4 took it for 17 signs a line).
# Of 29 points only 21 lines fit, and word processors share what is left above and below them.
_GRID = {"type": "lines", "linePitch": "579"}
_CLOSER = "-5"  # twentieths of a point
_WIDER = Mm(-7)  # the red rules are 170 mm long, the text is 156 mm wide
# XML 1.0 has no place for these; a page's title may hold them.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# The order of elements that the schema of ECMA-376 asks for; Word refuses some files without it.
_AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u")
AFTER_SNAP = ("w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:rPr")
AFTER_BORDERS = ("w:shd", "w:tabs", "w:snapToGrid", *AFTER_SNAP)


def fit(text: str) -> str:
    """What a page may hold of a stranger's text."""
    return _UNFIT.sub("\ufffd", text)


def new_paper(title: str, made_by: str, made_at: datetime) -> Paper:
    """An A4 page with the standard's margins and its grid of 22 lines of 28 signs."""
    paper = Document()
    own(paper, made_at)
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    grid_on(section)
    style = paper.styles["Normal"]
    style.font.size = Pt(SIZE_3)
    named_fonts(style.element.get_or_add_rPr(), FANG)
    paper.core_properties.title = fit(title)
    paper.core_properties.author = fit(made_by)
    paper.core_properties.comments = ""
    return paper


def own(paper: Paper, made_at: datetime) -> None:
    """Take off what python-docx's template brings along: its day, its thumbnail, its language."""
    facts = paper.core_properties
    facts.created = facts.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    facts.last_modified_by, facts.revision = "", 1
    rels = paper.part.package.rels
    for number in [one for one, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[number]
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
    for language in paper.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def grid_on(section: Section) -> None:
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in _GRID.items():
        grid.set(qn(f"w:{name}"), value)
    section._sectPr.append(grid)


def named_fonts(properties: Any, east: str) -> None:  # noqa: ANN401 (an XML element)
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", east)):
        fonts.set(qn(f"w:{name}"), font)


def put(
    place: Any,  # noqa: ANN401 (a paper, a cell, a header: all have add_paragraph)
    text: str,
    *,
    font: str = FANG,
    size: float = SIZE_3,
    indent: bool = True,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> Paragraph:
    """A paragraph; `indent` by two signs, as the body of a letter is."""
    paragraph: Paragraph = place.add_paragraph()
    if size >= SIZE_4:
        spaced(paragraph, LINE)
    else:
        spaced(paragraph, size * 1.4)
        off_grid(paragraph)
    if align is not None:
        paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size * 2)
    written(paragraph, text, font=font, size=size)
    return paragraph


def off_grid(paragraph: Paragraph) -> None:
    """A small line must not be spread to the letter's grid."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(snap, *AFTER_SNAP)


def tied(paragraph: Paragraph) -> None:
    """A heading is not left alone at the foot of a page."""
    paragraph.paragraph_format.keep_with_next = True


def written(paragraph: Paragraph, text: str, *, font: str = FANG, size: float = SIZE_3) -> None:
    run = paragraph.add_run(fit(text))
    run.font.size = Pt(size)
    properties = run._r.get_or_add_rPr()
    named_fonts(properties, font)
    if size == SIZE_3:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), _CLOSER)
        properties.insert_element_before(closer, *_AFTER_SPACING)


def spaced(paragraph: Paragraph, points: float) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(points)
    form.space_before = form.space_after = Pt(0)


def letterhead(paper: Paper, office: str) -> None:
    """发文机关标志 in red with its double rule, on the first page; the second rule at its foot."""
    section = paper.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance, section.footer_distance = Mm(30), Mm(20)
    head = section.first_page_header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    written(head, office, font=SONG, size=SIZE_2 + 8)
    head.runs[0].font.color.rgb = RED
    spaced(head, SIZE_2 + 9)
    red_rule(head, "thickThinSmallGap", space=11)
    # A line of one point, so that its lower border lies where the footer ends.
    foot = section.first_page_footer.paragraphs[0]
    spaced(foot, 1)
    red_rule(foot, "thinThickSmallGap", space=0)


def red_rule(paragraph: Paragraph, kind: str, space: int) -> None:
    """Below the paragraph: of its two lines `kind` names the inner, that is the upper, one first.

    A border above it would be named the other way round, and word processors do not agree on it.
    `space` in points.
    """
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = _WIDER
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", "24"), ("space", str(space)), ("color", "E60000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *AFTER_BORDERS)


def page_numbers(paper: Paper) -> None:
    """— 2 — from the second page on, right on odd pages and left on even ones."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    sides = (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    )
    for footer, side in sides:
        line = footer.paragraphs[0]
        line.alignment = side
        edge = "right_indent" if side is WD_ALIGN_PARAGRAPH.RIGHT else "left_indent"
        setattr(line.paragraph_format, edge, Pt(SIZE_4))
        written(line, "— ", font=PLAIN, size=SIZE_4)
        field(line, "PAGE")
        written(line, " —", font=PLAIN, size=SIZE_4)


def field(paragraph: Paragraph, name: str) -> None:
    """A field that the word processor fills in, as PAGE."""
    part = OxmlElement("w:fldSimple")
    part.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size = Pt(SIZE_4)
    named_fonts(run._r.get_or_add_rPr(), PLAIN)
    paragraph._p.remove(run._r)
    part.append(run._r)
    paragraph._p.append(part)
