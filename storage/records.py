"""The nouns of the house. Standard library only; imports nothing of ours.

All records are frozen, slotted and keyword-only; every datetime is aware (UTC inside the house).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class TargetKind(StrEnum):
    SITE = "site"
    KEYWORD = "keyword"
    ACCOUNT = "account"
    URL = "url"


class PageState(StrEnum):
    """What one look at a URL showed; never collapsed into alive or dead."""

    ALIVE = "alive"
    REMOVED = "removed"
    MOVED = "moved"
    AMBIGUOUS = "ambiguous"
    SWAPPED = "swapped"
    BLOCKED = "blocked"  # says nothing about the post
    ERROR = "error"


class CaseStatus(StrEnum):
    WAITING = "waiting"  # -> claimed | decided
    CLAIMED = "claimed"  # -> waiting | decided
    DECIDED = "decided"  # -> approved | waiting (superseded by a later decision)
    APPROVED = "approved"  # -> waiting (the content came back)


class Verdict(StrEnum):
    """What a person may say of a case. The Chinese words are what a person sees."""

    VIOLATION = "violation"  # 违规
    CLEAN = "clean"  # 不违规
    TRANSFER = "transfer"  # 转办
    DOUBT = "doubt"  # 存疑


class Clause(StrEnum):
    """The four headings of part three of 豫人社函〔2022〕129号."""

    ONE = "一"  # words and marks misused
    TWO = "二"  # false or exaggerated promotion
    THREE = "三"  # unlawful training, fees and issuing
    FOUR = "四"  # confusion, hype, deception, impersonation


class FiledKind(StrEnum):
    """What a body is filed as; the words are those of the notices."""

    SOCIAL = "S"  # 社会培训评价组织
    EMPLOYER = "Y"  # 用人单位, which assesses its own people
    ASSESSMENT = "鉴定"
    SPECIAL = "专项"  # 专项职业能力考核
    EXAMINATION = "考务"
    TRAINING = "培训"  # 办学许可


def aware(moment: datetime) -> datetime:
    """Give the moment back if it knows its time zone; raise ValueError if not."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: give it a time zone")
    return moment


MANY_SITES = frozenset({"institution", "classifieds"})  # sources of many owners' sites
CANARY = "canary"  # the reason of a target that only tells whether a source can be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What we were asked to watch."""

    kind: TargetKind
    value: str  # a URL for site and url; the words for keyword; the account's id for account
    source: str  # name of the spider that reads it
    reason: str  # why it is watched
    added_by: str  # who asked
    depth: int = 4  # links followed from the start page
    budget: int = 500  # pages read in one sweep at most
    render: bool = False  # always through the browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page's own script asked its platform for, and got, while a browser showed the page."""

    url: str
    status: int
    content_type: str
    body: bytes
    sent: str | None = None  # the request's body; "" where it had none, None where nobody noted it


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came over the wire, hashed before anyone parsed it."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes  # decoded from transfer and content encoding
    fetched_at: datetime
    sha256: str  # of body, lower-case hex
    rendered_by: str = ""  # "" for plain HTTP, else the browser's name and version
    redirects: tuple[str, ...] = ()  # every URL on the way, the asked one first
    dom: str = ""  # HTML of the finished document where a browser rendered it
    answers: tuple[Answer, ...] = ()  # in the order they came; bounded in number and size

    def __post_init__(self) -> None:
        aware(self.fetched_at)

    def header(self, name: str) -> str:
        """First value of a header, any case; "" if absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """How an advertiser wants to be reached, as written; each tuple without repeats, in order."""

    phones: tuple[str, ...] = ()
    wechat: tuple[str, ...] = ()
    qq: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What somebody published. Its text is never edited again: spans point into it."""

    platform: str  # "web" for an institution's own site
    post_id: str  # the platform's own id; the canonical URL on the open web
    url: str  # canonical
    url_found: str  # as found
    title: str = ""
    text: str = ""
    author: str = ""  # account or organisation, as shown
    author_id: str = ""
    author_url: str = ""
    verified: str = ""  # the platform's words about the account, "" if none shown
    published_at: datetime | None = None  # None: not shown or not readable
    published_raw: str = ""
    region: str = ""  # IP属地 as shown
    images: tuple[str, ...] = ()
    video_cover: str = ""
    contacts: Contacts = field(default_factory=Contacts)
    icp: str = ""  # ICP filing number shown on the page
    counts: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)  # raw and parsed
    is_ad: bool | None = None  # None: the platform does not say

    def __post_init__(self) -> None:
        if self.published_at is not None:
            aware(self.published_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The very words: `getattr(post, field)[start:end] == quote`."""

    field: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's claim about a post: the machine's word, never a decision."""

    rule: str  # file name of the rule without its ending
    version: int
    code: str  # violation atom, as "B4-02"
    clause: Clause
    score: float  # 0..1
    severity: int  # 1 (weak lead) .. 5 (grave)
    proves: str  # "text", "directory" or "human": who can prove it
    why: str  # one Chinese sentence
    evidence: tuple[Evidence, ...]  # at least one, the strongest first
    legal_basis: tuple[str, ...] = ()  # "law（version） article", as citable at the post's date

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"finding {self.code} without evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that the classifiers say about one post."""

    score: float  # 0..1
    flagged: bool
    findings: tuple[Finding, ...]
    stance: str  # who seems to speak: seller, official, press, victim, asker, employer, …
    engine: str  # fingerprint of rules and tables, so that a changed rule judges anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One row of a directory: what one body may do. "" and None: the list does not say."""

    body: str  # as the list writes it
    kind: FiledKind
    occupation: str = ""  # 职业, or what a special ability or a course is called
    trade: str = ""  # 工种
    level: str = ""  # 五级 … 一级, 学徒工, 特级技师, 首席技师
    audience: str = ""  # 社会, 本单位, 学生, or the list's own word
    region: str = ""
    filing_no: str = ""
    valid_from: date | None = None
    valid_to: date | None = None  # the last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What we can prove: a file whose name is its hash."""

    sha256: str
    kind: str  # "raw", "headers", "dom", "answers", "screenshot" or "picture" (of the post)
    size: int  # bytes
    captured_at: datetime  # UTC
    url: str

    def __post_init__(self) -> None:
        aware(self.captured_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One file of a capture, kept in the snapshot store under its SHA-256."""

    kind: str  # "warc", "dom", "mhtml", "full_page", "first_screen", "text" or "facts"
    media_type: str
    sha256: str  # lower-case hex, of the bytes as captured, before any masking
    sm3: str  # the same by GB/T 32905-2016; "" where this machine's OpenSSL has no SM3
    size: int  # bytes
    captured_at: datetime  # UTC

    def __post_init__(self) -> None:
        aware(self.captured_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One full taking of evidence of one URL: what came of each part and who asked for it."""

    id: str  # 32 hex digits, made before anything is fetched
    url: str  # as asked
    final_url: str  # "" where nothing answered
    asked_by: str
    reason: str  # why it was taken: "flagged", "requested", "revisit", …
    started_at: datetime
    ended_at: datetime
    artefacts: tuple[Artefact, ...]
    # Every part that was tried: "ok", or in one word why it failed or was cut short.
    parts: Mapping[str, str]
    case_id: int | None = None
    again_of: str = ""  # id of the first capture, where this one tries its failed parts again

    def __post_init__(self) -> None:
        aware(self.started_at)
        aware(self.ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """What a QR code in a picture says. It stands in no text: no Evidence is ever made of it."""

    content: str  # as decoded, cut at 2,000 characters
    kind: str  # "url", "contact" (a code that only an app can follow) or "text"
    key: str  # the one spelling by which posts are joined; "" where it tells nobody apart
    url: str  # what could be looked at, "" where nothing can
    found_in: str  # URL of the picture, or of the page whose screenshot shows it
    sha256: str  # of the picture, kept among the snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One post seen once and what is known of it so far; each step returns a new one."""

    post: Post
    content_sha256: str = ""  # of title and text; filled by dedupe
    unchanged: bool = False  # seen before with this content and judged by this engine
    signature: tuple[int, ...] = ()  # MinHash, 128 values; filled by sketch
    judgement: Judgement | None = None
    snapshots: tuple[Snapshot, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()  # "structure" and "picture" keys; filled by mark
    codes: tuple[QrCode, ...] = ()  # in its own pictures first, then in the page's screenshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to fetch one URL for a while."""

    url_id: int
    sweep_id: int
    token: str  # a stale token acknowledges nothing
    target_id: int
    source: str
    url: str  # as found
    canonical: str
    depth: int
    render: bool
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL found on a page that the sweep should read too."""

    url: str  # as found, absolute
    canonical: str
    priority: int = 0  # higher first
    source: str = ""  # which source reads it; "" for that of the page it was found on


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One URL fetched once: what travels down the numbered list of steps."""

    lease: Lease
    state: PageState
    reason: str = ""  # "captcha", "http_404", "timeout", … ; "" when alive
    page: Page | None = None  # None when nothing came over the wire
    links: tuple[Link, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    kept: tuple[Snapshot, ...] = ()  # of a page that could not be read, for a person to look at
    leads: tuple[str, ...] = ()  # links that leave the target's scope, as found
    read_by: str = ""  # the source that read it; "" for the one it was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person said. Append-only; never without a reason."""

    case_id: int
    verdict: Verdict
    reason: str  # a code of the policy tree in storage/reasons.py
    by: str
    at: datetime
    note: str = ""
    supersedes: int | None = None

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a second reader said of a flagged post: a hint for the queue, never a decision."""

    model: str  # as the office named it
    prompt: str  # version of the words it was asked with
    at: datetime
    outcome: (
        str  # "opinion", or why there is none: refused, garbage, no_quote, timeout, unreachable
    )
    view: str = ""  # "offends", "clean", "unsure"; "" without an opinion
    shift: int = 0  # what it moves the case's priority by, -10..10
    quotes: tuple[Evidence, ...] = ()  # exact, contacts masked as they were sent
    reason: str = ""  # the reader's own words, or what went wrong
    sent_sha256: str = ""  # of the words that left the house
    addressed: bool = False  # the post speaks to the machine that reads it

    def __post_init__(self) -> None:
        aware(self.at)
        if not -10 <= self.shift <= 10 or (self.shift and self.outcome != "opinion"):
            raise ValueError(f"an opinion {self.outcome!r} cannot shift by {self.shift}")
