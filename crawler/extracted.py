"""The noun of extraction: what a page of the open web says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a page says. Links and images are absolute, as found, in page order, no repeats."""

    title: str
    text: str  # visible, one block a line, cells parted by tabs; menus left out
    main: str  # the longest dense part of text, or text itself
    links: tuple[str, ...]  # <a>, <area>, frames and meta refresh; hidden ones too
    images: tuple[str, ...]
    description: str
    lang: str
    generator: str
    canonical: str  # of <link rel=canonical>, "" if none
    site_name: str  # og:site_name
    refresh: str  # where <meta http-equiv=refresh> leads within a few seconds, "" if nowhere
    forms: int
    scripts: int
    visible: int  # characters of text that are no white space
