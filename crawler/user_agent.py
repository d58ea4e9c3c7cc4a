"""Who we say we are: always ourselves, with a way to complain."""

from __future__ import annotations

from storage.bilingual import Problem

PRODUCT = "certsweep"  # what robots.txt may address us by
VERSION = "0.1"


def user_agent(contact: str = "") -> str:
    """The User-Agent header. `contact` is the office's URL or mail address; without one the header
    still says what the visit is for. Raises Problem for a contact no header can carry."""
    told = contact.strip()
    if not told:
        return (
            f"{PRODUCT}/{VERSION} (vocational certificate compliance sweep; no contact configured)"
        )
    if len(told) > 200 or not told.isascii() or not told.isprintable() or set(told) & set("()\\"):
        raise Problem(
            f"联系方式 {contact!r} 不能写进访问标识。没有开始访问；请填网址或邮箱，只用英文字符。",
            f"the contact {contact!r} cannot stand in a User-Agent header. Nothing was fetched; "
            "give a URL or a mail address in plain ASCII.",
        )
    return f"{PRODUCT}/{VERSION} (+{told})"
