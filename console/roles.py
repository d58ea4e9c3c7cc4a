"""Who may do what. This table is the only place that says so, for pages, API and jobs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storage.bilingual import Bilingual, Problem
from storage.tokens import Token
from storage.users import ROLE_WORDS, Role, User


class Act(StrEnum):
    READ = "read"  # queue, cases, statistics, lookups
    DECIDE = "decide"  # claim, decide, split, withdraw
    SECOND = "second"  # confirm blindly what another decided
    UNMASK = "unmask"  # see contacts, with a reason
    EXPORT = "export"  # make lists, drafts, packages
    SIGN = "sign"  # let letters go out
    KEEP = "keep"  # directory, black list, rules' switches
    SWEEP = "sweep"  # start and stop sweeps
    PEOPLE = "people"  # accounts, roles, the policy of the second person
    AUDIT = "audit"  # read the audit
    CANCEL = "cancel"  # take back what others ordered


ACT_WORDS: Mapping[Act, Bilingual] = {
    Act.READ: Bilingual("查看", "read"),
    Act.DECIDE: Bilingual("判定案件", "decide cases"),
    Act.SECOND: Bilingual("复核案件", "confirm decisions"),
    Act.UNMASK: Bilingual("查看联系方式", "see contacts"),
    Act.EXPORT: Bilingual("导出", "export"),
    Act.SIGN: Bilingual("签发", "sign"),
    Act.KEEP: Bilingual("维护名录", "keep the lists"),
    Act.SWEEP: Bilingual("启停巡查", "run sweeps"),
    Act.PEOPLE: Bilingual("管理账号", "manage accounts"),
    Act.AUDIT: Bilingual("查看审计", "read the audit"),
    Act.CANCEL: Bilingual("取消他人的任务", "cancel others' jobs"),
}
MAY: Mapping[Role, frozenset[Act]] = {
    Role.REVIEWER: frozenset({Act.READ, Act.DECIDE, Act.UNMASK, Act.EXPORT}),
    Role.SECOND: frozenset({Act.READ, Act.SECOND, Act.UNMASK, Act.EXPORT}),
    Role.SIGNER: frozenset({Act.READ, Act.SIGN, Act.UNMASK, Act.EXPORT}),
    # An administrator keeps the house and decides nothing in it.
    Role.ADMIN: frozenset({Act.READ, Act.KEEP, Act.SWEEP, Act.PEOPLE, Act.AUDIT, Act.CANCEL}),
    Role.AUDITOR: frozenset({Act.READ, Act.AUDIT}),
}


LOOKING = frozenset({Act.READ, Act.UNMASK, Act.AUDIT})


class Forbidden(Problem):
    """The person is known and may not do this."""


def may(user: User, act: Act) -> bool:
    """Nobody disabled, and nobody whose password somebody else knows, may do anything."""
    if user.disabled_at is not None or user.must_change:
        return False
    return any(act in MAY[role] for role in user.roles)


def demand(user: User, act: Act) -> None:
    """Raise Forbidden, naming the roles that may."""
    if may(user, act):
        return
    roles = [ROLE_WORDS[role] for role, acts in MAY.items() if act in acts]
    word = ACT_WORDS[act]
    if act in LOOKING:  # nothing could have been changed
        raise Forbidden(
            f"您的账号不能“{word.zh}”。这需要角色：{'、'.join(role.zh for role in roles)}；"
            "请联系管理员。",
            f"Your account may not {word.en}. It takes one of the roles "
            f"{', '.join(role.en for role in roles)}: ask an administrator.",
        )
    raise Forbidden(
        f"您的账号不能“{word.zh}”，没有改动。这需要角色：{'、'.join(role.zh for role in roles)}；"
        "请联系管理员。",
        f"Your account may not {word.en}; nothing was changed. It takes one of the roles "
        f"{', '.join(role.en for role in roles)}: ask an administrator.",
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, or a program that acts for one within its token's scopes."""

    user: User
    token: Token | None = None

    def may(self, act: Act) -> bool:
        """Whether both the roles and the scopes reach."""
        return may(self.user, act) and (self.token is None or act in self.token.scopes)

    def demand(self, act: Act) -> None:
        """Raise Forbidden unless both the roles and the scopes reach."""
        demand(self.user, act)
        if self.token is not None and act not in self.token.scopes:
            word = ACT_WORDS[act]
            raise Forbidden(
                f"这个令牌的范围不含“{word.zh}”（{act}），没有改动。请换一个令牌。",
                f"This token's scopes do not include {act} ({word.en}); nothing was changed. Use "
                "another token.",
            )
