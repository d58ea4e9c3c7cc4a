"""What a package lacks, as its overview shows it: lost, there but not whole, made good since."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.eyes import heading, shown
from evidence.lacks import LACKS, PART_NAMES, holder_words, why_words
from evidence.pieces import Lack

LIMITED = "limited"
LATER = (
    "<p><small>取证时有没有打时间戳，要在本页制作之后才能核对：见验证结果。 Whether captures were "
    "stamped when they were taken is told by the verifier.</small></p>"
)


def lacking(lacks: Sequence[Lack]) -> str:
    """What is lost comes first, what a later capture made good last."""
    title = heading("缺失与不完整", "What is missing, or not whole")
    if not lacks:
        return f"{title}<p>本页制作时没有发现。<small>Nothing was found.</small></p>{LATER}"
    listed = "".join(row(one) for one in sorted(lacks, key=rank))
    return (
        f"{title}<table class=list><tr><th>情况<br><small>what</small></th><th>所属<br><small>of"
        f"</small></th><th>原因<br><small>why</small></th></tr>{listed}</table>{LATER}"
    )


def rank(lack: Lack) -> int:
    return 2 if lack.made_good_by else 1 if lack.what == LIMITED else 0


def row(lack: Lack) -> str:
    what, why = LACKS.get(lack.what, (lack.what, lack.what)), why_words(lack.why)
    if lack.made_good_by:
        what = (
            f"已补齐：后来的取证 {lack.made_good_by} 取到了完整的这一部分",
            f"made good by the later capture {lack.made_good_by}",
        )
    cells = (what, holder_words(lack.of), why)
    return f"<tr>{''.join(f'<td>{both(*words)}</td>' for words in cells)}</tr>"


def both(zh: str, en: str) -> str:
    return f"{shown(zh)}<br><small>{shown(en)}</small>" if zh else ""


def lacks_of_capture(code: str, lacks: Sequence[Lack]) -> list[tuple[str, str]]:
    """Rows of its table: parts that are not there, and those that are and not whole."""
    labels = {
        "part": "没有取到 not taken",
        LIMITED: "取到但不完整 in part",
        "file": "文件缺失 file lost",
    }
    found: dict[str, list[str]] = {}
    for lack in lacks:
        holder, _, part = lack.of.partition(" ")
        if holder == f"capture:{code}" and lack.what in labels:
            name, why = PART_NAMES.get(part, (part, part))[0], why_words(lack.why)[0]
            healed = f"；已由取证 {lack.made_good_by[:12]} 补齐" if lack.made_good_by else ""
            found.setdefault(labels[lack.what], []).append(f"{name}（{why}{healed}）")
    return [(label, "、".join(words)) for label, words in found.items()]
