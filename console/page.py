"""One page: a template filled with what every page needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse

from console.desk import desk_of
from console.file_words import office_word
from console.just_done import just_done
from console.roles import Act, may
from console.tabs import HANDLING
from console.ways_back import page_at
from console.words import LANGUAGES, age, counting, moment, sayer, translator
from exports.masking import masked
from storage.bilingual import Bilingual
from storage.keymap import USUAL
from storage.person_names import names_of, shown_name
from storage.platform_words import SEARCHING
from storage.reasons import VERDICT_WORDS, named
from storage.records import Contacts, Verdict

TEMPLATES = Path(__file__).with_name("templates")
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["office"] = office_word
ENVIRONMENT.tests["a_hash"] = re.compile(r"[0-9a-f]{64}").fullmatch
ENVIRONMENT.tests["search_engine"] = lambda platform: platform in SEARCHING
LANG_COOKIE = "lang"
COMMAND_LINE = Bilingual("命令行", "command line")
PROGRAMS = {
    "certsweep": Bilingual("程序自动", "the program"),
    "scheduler": Bilingual("定时巡查", "the nightly sweep"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nav:
    """A place in the bar at the top; a page module that wants one says `NAV = (Nav(…),)`."""

    path: str
    word: Bilingual
    act: Act
    order: int
    also: tuple[str, ...] = ()  # other paths of this place; those below each belong to it too


def lang_of(request: Request) -> str:
    chosen = request.cookies.get(LANG_COOKIE, "")
    return chosen if chosen in LANGUAGES else desk_of(request).lang


def common(request: Request) -> dict[str, Any]:
    """What every template may use."""
    lang = lang_of(request)
    session = getattr(request.state, "session", None)
    user = session.user if session is not None else None
    said = sayer(lang)
    nav = [one for one in request.app.state.nav if user and may(user, one.act)]
    return {
        "_": translator(lang),
        "of": counting(lang),
        "said": said,
        "lang": lang,
        "user": user,
        "csrf": getattr(request.state, "csrf", ""),
        "nav": nav,
        "keys_of": session.keys if session is not None else USUAL,
        "current": current(nav, request),
        "here": request.url.path,
        "stay": stay(request),
        "just_done": just_done(request),
        "handling": HANDLING,
        "may": lambda act: user is not None and may(user, Act(act)),
        "person": people_named(request),
        "mask": lambda text: masked(text, Contacts()),
        "moment": moment,
        "age": lambda value: age(value, lang),
        "verdict_word": lambda verdict: said(VERDICT_WORDS[verdict]),
        "reason_word": lambda verdict, code: said(named(Verdict(verdict), code)),
        "reason_said": lambda verdict, code: said(coded(Verdict(verdict), code)),
    }


def people_named(request: Request) -> Callable[[str | None], str]:
    """By name whoever stands in a page by login; the accounts are read once, by the first asked."""
    names: dict[str, str] = {}

    def person(written: str | None) -> str:
        if not names:
            names.update({"": ""} | names_of(desk_of(request).engine))
        by_itself = None if written in names else nobody(written or "")
        return by_itself.said(lang_of(request)) if by_itself else shown_name(names, written)

    return person


def nobody(written: str) -> Bilingual | None:
    """Of what no person did: the program by itself, or somebody at the server who gave no name."""
    return COMMAND_LINE if " pid " in written else PROGRAMS.get(written)


def coded(verdict: Verdict, code: str) -> Bilingual:
    """The reason as people read it: with its code where that is one of the policy's, as B4-02."""
    words = named(verdict, code)
    if not any(sign.isdigit() for sign in code):
        return words
    return Bilingual(f"{code} {words.zh}", f"{code} {words.en}")


def stay(request: Request) -> str:
    """Where a change of language leads back to: this page, or the one a form was on."""
    path = request.url.path
    if request.method == "GET":
        return f"{path}?{request.url.query}" if request.url.query else path
    return page_at(request, path) or "/queue"


def current(nav: list[Nav], request: Request) -> str:
    """Which place in the bar this page is: by its query where one says so, else by its path."""
    whole = f"{request.url.path}?{request.url.query}"
    plain = [one.path for one in nav if one.path == request.url.path]
    exact = [one.path for one in nav if "?" in one.path and whole.startswith(one.path)]
    below = [one.path for one in nav if any(lies_below(request.url.path, top) for top in one.also)]
    return next(iter([*exact, *plain, *below]), "")


def lies_below(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}/")


def page(request: Request, template: str, status: int = 200, /, **words: Any) -> HTMLResponse:  # noqa: ANN401 (what a template is filled with)
    filled = ENVIRONMENT.get_template(template).render({**common(request), **words})
    return HTMLResponse(filled, status)


def go(path: str) -> RedirectResponse:
    """After a form: the browser asks for the next page itself, so that reloading sends nothing."""
    return RedirectResponse(path, 303)


def query_of(request: Request) -> Mapping[str, str]:
    return dict(request.query_params)
