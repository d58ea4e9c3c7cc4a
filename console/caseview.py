"""A case as one person may see it: masked, and without the first opinion where they are second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.marks import Marked, marked
from console.people import Missing
from console.roles import Act, may
from exports.masking import masked
from storage.blindness import blinded, had_turn, has_hidden
from storage.casefiles import CaseFile, CasePost
from storage.columns import utc_now
from storage.contacts import of_keys, together
from storage.persons import same_person
from storage.records import CaseStatus, Contacts, Finding, Snapshot, Verdict
from storage.rows import heading_of
from storage.users import User

HTML = ("dom", "raw")  # what can be replayed, the better one first


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    case: CaseFile  # with what this person must not see taken out
    post: CasePost  # the one that is shown whole
    mark: Marked
    latest: tuple[CasePost, ...]  # of each post the newest version
    place: int  # of the shown one among them, from 1
    picture: Snapshot | None
    replayable: Snapshot | None
    show: Callable[[str], str]
    unmasked: bool
    mode: str  # "decide", "change", "second", or why there is nothing to decide: "…"
    blind: bool
    suggested: dict[Verdict, str]


def seen_by(case: CaseFile, user: User) -> tuple[CaseFile, bool]:
    """Whoever may be asked next sees nothing of an open round but what they have answered.

    Of a case that waits only its decider sees all; once it is open again, whoever is no second
    person as well: they decide it.
    """
    waits = case.awaits_second and not same_person(case.decisions[-1][1].by, user.login)
    if waits or (not case.awaits_second and may(user, Act.SECOND)):
        return blinded(case, user.login), has_hidden(case)
    return case, False


def mode_of(case: CaseFile, user: User) -> str:
    """What this person can do with the case now."""
    own = bool(case.decisions) and same_person(case.decisions[-1][1].by, user.login)
    if case.awaits_second:
        return "own_waits" if own else mode_of_waiting(case, user)
    if not may(user, Act.DECIDE):
        return "reading"
    if case.status in {CaseStatus.DECIDED, CaseStatus.APPROVED}:
        return "change"
    taken = case.status is CaseStatus.CLAIMED and not same_person(case.claimed_by, user.login)
    if taken and not (case.claim_until is not None and case.claim_until < utc_now()):
        return "taken"
    return "decide"


def mode_of_waiting(case: CaseFile, user: User) -> str:
    if not may(user, Act.SECOND):
        return "waits"
    return "looked" if had_turn(case, user.login) else "second"


def view_case(case: CaseFile, user: User, row: int | None = None, *, unmasked: bool) -> CaseView:
    """`row`: which post is shown; by default one that the case is called by in lists, and of those
    the one with the most to say."""
    mode = mode_of(case, user)
    seen, blind = seen_by(case, user)
    latest = newest_versions(case)
    if not latest:
        raise Missing(
            f"案件 {case.id} 里没有内容（都已拆分出去），没有可看的。",
            f"Case {case.id} holds nothing any more; there is nothing to show.",
        )
    chosen = next((post for post in case.posts if post.row == row), None)
    called = [one for one in latest if heading_of(one.post) == case.title]
    post = chosen or max(called or latest, key=lambda one: (one.score, len(one.findings), -one.row))
    contacts = everything_of(case)

    def show(text: str) -> str:
        return text if unmasked else masked(text, contacts)

    kinds = {snapshot.kind: snapshot for snapshot in post.snapshots}  # the newest of each
    return CaseView(
        case=seen,
        post=post,
        mark=marked(post.post, post.findings, show),
        latest=latest,
        place=place_of(post, latest),
        picture=kinds.get("screenshot"),
        replayable=next((kinds[kind] for kind in HTML if kind in kinds), None),
        show=show,
        unmasked=unmasked,
        mode=mode,
        blind=blind,
        suggested={} if mode == "second" else suggested(post.findings),
    )


def everything_of(case: CaseFile) -> Contacts:
    """Every contact of the case: notes, titles and look-alikes name each other's."""
    return together([*(one.post.contacts for one in case.posts), of_keys(case.advertiser_keys)])


def newest_versions(case: CaseFile) -> tuple[CasePost, ...]:
    by_post = {(post.post.platform, post.post.post_id): post for post in case.posts}
    return tuple(by_post.values())


def place_of(shown: CasePost, latest: tuple[CasePost, ...]) -> int:
    """Its number among the posts; an older version has the number of its newest."""
    same = (shown.post.platform, shown.post.post_id)
    named = [(one.post.platform, one.post.post_id) for one in latest]
    return named.index(same) + 1


def suggested(findings: tuple[Finding, ...]) -> dict[Verdict, str]:
    """The code of the gravest finding; a person confirms or changes it."""
    return {Verdict.VIOLATION: findings[0].code} if findings else {}
