"""How looks at a URL and the acts on it are called, for the command line and the desk alike."""

from __future__ import annotations

from storage.bilingual import Bilingual
from storage.takedown_marks import Mark
from storage.takedown_verdict import Seen, Way

WAY_WORDS = {
    Way.PLAIN: Bilingual("普通请求", "plain"),
    Way.BROWSER: Bilingual("浏览器", "browser"),
    Way.PERSON: Bilingual("人工", "person"),
}
SEEN_WORDS = {
    Seen.GONE: Bilingual("已删除", "gone"),
    Seen.CHANGED: Bilingual("已改，不再违规", "changed, offends no more"),
    Seen.OFFENDING: Bilingual("仍在", "still there"),
    Seen.UNCLEAR: Bilingual("看不准，需人工", "unclear, needs a person"),
    Seen.NOTHING: Bilingual("没有读到，不作数", "could not be read (does not count)"),
}
ACT_WORDS = {
    "drafted": Bilingual("起草", "drafted"),
    "approved": Bilingual("批准", "approved"),
    "sent": Bilingual("登记发出", "sent"),
    "acknowledged": Bilingual("登记受理", "acknowledged"),
    "corrected": Bilingual("更正回执编号", "receipt corrected"),
    "answered": Bilingual("登记答复", "answered"),
    "withdrawn": Bilingual("撤回", "withdrawn"),
    "looked": Bilingual("复查", "looked"),
    "superseded": Bilingual("由后一份接续", "superseded"),
    Mark.GONE: Bilingual("发出前已打不开", "gone before the sending"),
    Mark.UNREAD: Bilingual("发出前没有读到过原文", "never read before the sending"),
}
