"""Why a case stands where it stands in the queue, in words a person can check."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from storage.bilingual import Bilingual
from storage.cases import CaseRow
from storage.raises import BLACKLIST, RECURRENCE

WAITED = 2  # days after which waiting is worth a word


RAISED = {
    BLACKLIST: Bilingual("在黑名单上", "on the blacklist"),
    RECURRENCE: Bilingual("删除后再现", "back after its removal"),
}


def why_on_top(row: CaseRow, now: datetime, raised: Collection[str] = ()) -> list[Bilingual]:
    """What makes its priority, the weightiest first (storage.clusters.priority).

    `raised`: the kinds of reasons beside its words, as `storage.raises` has them.
    """
    kinds = "kind" if len(row.codes) == 1 else "kinds"
    said = [
        Bilingual(f"得分 {row.score:.2f}", f"score {row.score:.2f}"),
        Bilingual(f"{len(row.codes)} 类涉嫌", f"{len(row.codes)} {kinds} suspected"),
    ]
    said += [RAISED[kind] for kind in sorted(raised) if kind in RAISED]
    if row.posts > 1:
        said.append(Bilingual(f"{row.posts} 篇相同或相近", f"{row.posts} alike"))
    if row.reopened:
        said.append(Bilingual(f"再次出现 {row.reopened} 次", f"came back {row.reopened} times"))
    days = (now - row.opened_at).days
    if days >= WAITED:
        said.append(Bilingual(f"已等 {days} 天", f"waiting {days} days"))
    return said
