"""What a form has just done, told once on the next page: `?said=keys` in its address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request

from storage.bilingual import Bilingual

NAME = "said"
WORDS: Mapping[str, Bilingual] = {
    "keys": Bilingual("按键已保存。", "The keys are saved."),
    "keys-usual": Bilingual("按键已恢复原样。", "The keys are as they were."),
    "password": Bilingual(
        "密码已改，您在别处的登录已结束。",
        "The password is changed; your other logins have ended.",
    ),
    "filter": Bilingual("筛选已保存，见“我的筛选”。", "The filter is saved; see My filters."),
    "filter-gone": Bilingual("筛选已删除。", "The filter is deleted."),
    "given-back": Bilingual("案件已放回队列。", "The case is back in the queue."),
    "listed": Bilingual("已列入黑名单，下面就是这一条。", "Listed; this is the entry."),
    "batch-left": Bilingual(
        "这一批没有判定，其中您在审的案件已放回队列。",
        "The batch was not decided; its cases in your hands are back in the queue.",
    ),
    "split": Bilingual("已拆出，下面就是拆出的新案件。", "Split off; this is the new case."),
    "nothing-left": Bilingual("没有可领取的案件了。", "There is no case left to claim."),
    "roles": Bilingual("角色已保存。", "The roles are saved."),
    "locked": Bilingual("账号已锁定，会话已结束。", "The account is locked, its sessions ended."),
    "token-ended": Bilingual(
        "令牌已收回，用它的程序从现在起进不来。",
        "The token is revoked: programs that use it are kept out from now on.",
    ),
    "revoked": Bilingual("此人的会话已全部结束。", "All sessions of this person have ended."),
}


def telling(path: str, word: str) -> str:
    """The address with the word of WORDS added to it."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode({NAME: word})}"


def just_done(request: Request) -> Bilingual | None:
    """Only what is in WORDS: nobody can put words of their own on a page by a link."""
    return WORDS.get(request.query_params.get(NAME, ""))
