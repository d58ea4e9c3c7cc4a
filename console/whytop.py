"""Why a case stands where it stands in the queue, in words a person can check."""

from __future__ import annotations

from datetime import datetime

from storage.bilingual import Bilingual
from storage.cases import CaseRow

WAITED = 2  # days after which waiting is worth a word


def why_on_top(row: CaseRow, now: datetime) -> list[Bilingual]:
    """What makes its priority, the weightiest first (storage.clusters.priority)."""
    kinds = "kind" if len(row.codes) == 1 else "kinds"
    said = [
        Bilingual(f"得分 {row.score:.2f}", f"score {row.score:.2f}"),
        Bilingual(f"{len(row.codes)} 类涉嫌", f"{len(row.codes)} {kinds} suspected"),
    ]
    if row.posts > 1:
        said.append(Bilingual(f"{row.posts} 篇相同", f"{row.posts} alike"))
    if row.reopened:
        said.append(Bilingual(f"再次出现 {row.reopened} 次", f"came back {row.reopened} times"))
    days = (now - row.opened_at).days
    if days >= WAITED:
        said.append(Bilingual(f"已等 {days} 天", f"waiting {days} days"))
    return said
