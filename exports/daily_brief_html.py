"""The brief as one HTML file: no script, nothing loaded from anywhere, a chart drawn as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from exports.brief_words import Sheet, caveat_of, days_of, highest, sentences, sheets, title_of
from exports.docx_page import fit
from storage.brief import Brief
from storage.whole_files import whole_file

SUFFIX = ".html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
STYLE: Final = """
body{font:16px/1.7 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#222;max-width:46em;
margin:2em auto;padding:0 1em}h1{font-size:1.5em;margin-bottom:.2em}h2{font-size:1.05em;
margin:1.6em 0 .4em}.day{color:#555;margin-top:0}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:.3em .6em;text-align:left;overflow-wrap:anywhere}
th{background:#f2f2f2;font-weight:600}.note{color:#555;font-size:.9em;margin-top:2em}
svg text{font:12px sans-serif;fill:#444}.opened{fill:#b3541e}.decided{fill:#2f6690}
"""
WIDTH, HEIGHT, GROUND = 640, 180, 24  # of the chart, in pixels


def write(brief: Brief, path: Path, office: str) -> None:
    """UTF-8, whole or not at all; raises Problem for trouble with files."""
    with whole_file(path) as draft:
        draft.write_text("\n".join(page(brief, office)), encoding="utf-8", newline="\n")


def page(brief: Brief, office: str) -> Iterator[str]:
    yield '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{shown(title_of(brief))} {shown(days_of(brief))}</title>"
    yield f"<style>{STYLE}</style></head><body>"
    yield f"<h1>{shown(title_of(brief))}</h1>"
    yield f'<p class="day">{shown(office)}（草稿）　{shown(days_of(brief))}</p>'
    yield from (f"<p>{shown(line)}</p>" for line in sentences(brief))
    for at, sheet in enumerate(sheets(brief)):
        yield f"<h2>{shown(sheet.title)}</h2>"
        if at == 0:
            yield from chart(brief)
        yield from table(sheet)
    yield f'<p class="note">{shown(caveat_of(brief))}</p></body></html>'


def shown(text: str) -> str:
    return escape(fit(text))


def table(sheet: Sheet) -> Iterator[str]:
    yield "<table><thead><tr>"
    yield "".join(f"<th>{shown(name)}</th>" for name in sheet.head)
    yield "</tr></thead><tbody>"
    for row in sheet.rows:
        yield "<tr>" + "".join(f"<td>{shown(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def chart(brief: Brief) -> Iterator[str]:
    """Two bars a day; the table under it says the same in figures."""
    top = highest([count for one in brief.trend for count in (one.opened, one.decided)])
    step = WIDTH / len(brief.trend)
    yield (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" '
        'aria-label="近七日新立案件与人工审核件数，数字见下表">'
    )
    for at, one in enumerate(brief.trend):
        left = at * step + step * 0.2
        yield from bar(left, step * 0.28, one.opened / top, "opened", one.opened)
        yield from bar(left + step * 0.32, step * 0.28, one.decided / top, "decided", one.decided)
        yield f'<text x="{left:.0f}" y="{HEIGHT - 6}">{one.day:%m-%d}</text>'
    yield "</svg>"
    yield (
        '<p class="day"><span style="color:#b3541e">■</span> 新立案件　'
        '<span style="color:#2f6690">■</span> 人工审核</p>'
    )


def bar(left: float, width: float, share: float, kind: str, count: int) -> Iterator[str]:
    high = share * (HEIGHT - GROUND - 18)
    top = HEIGHT - GROUND - high
    yield (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{high:.1f}"/>'
    )
    if count:
        yield f'<text x="{left:.1f}" y="{top - 4:.1f}">{count}</text>'
