"""What a spider reads in one page: the only thing a source has to produce."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import PageState, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A pure function of the page: same bytes, same reading."""

    state: PageState
    reason: str = ""  # machine word of storage/outcomes, "" when alive
    posts: tuple[Post, ...] = ()
    links: tuple[str, ...] = ()  # absolute URLs as found, without repeats, in page order
    # What a removal page still tells: its sentence as title, the reason as text, the account. It is
    # evidence of what the platform did and never a post to judge.
    notice: Post | None = None
    wants_browser: bool = False  # an empty script shell: the same URL again, through the browser
