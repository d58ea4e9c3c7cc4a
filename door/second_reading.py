"""The optional second reader, put together: off unless the office names an endpoint of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from door.settings import Settings
from readers.endpoint import read_endpoint
from readers.prompt import VERSION
from readers.second import Reader
from storage.bilingual import Problem
from storage.records import Opinion
from storage.second_reading import PASSING, record_opinion, uncertain

BAND = (0.5, 0.8)  # scores the rules are not sure of; below nothing is kept that could be read
LIMIT = 50  # posts of one run
GIVES_UP = 3  # posts in a row without an answer


@dataclass(slots=True, kw_only=True)
class SecondReading:
    """What one run did."""

    outcomes: Counter[str] = field(default_factory=Counter)
    moved: int = 0  # cases whose priority an opinion moved
    gave_up: bool = False

    @property
    def asked(self) -> int:
        return sum(self.outcomes.values())


def reader_of(settings: Settings) -> Reader | None:
    """The reader the office set; None where it set none. Raises Problem for a setting half made."""
    if not settings.reader_url:
        return None
    if not settings.reader_model:
        raise Problem(
            "设置了 CERTSWEEP_READER_URL 却没有 CERTSWEEP_READER_MODEL，没有发送任何内容。"
            "请写明模型名称。",
            "CERTSWEEP_READER_URL is set without CERTSWEEP_READER_MODEL; nothing was sent. Name "
            "the model.",
        )
    if not settings.reader_key.isascii() or not (settings.reader_key or "k").isprintable():
        raise Problem(
            "CERTSWEEP_READER_KEY 里有不能发送的字符，没有发送任何内容。请重新粘贴口令。",
            "CERTSWEEP_READER_KEY holds signs that cannot be sent; nothing was sent. Paste it "
            "again.",
        )
    endpoint = read_endpoint(settings.reader_url, public=settings.reader_public)
    return Reader(endpoint=endpoint, model=settings.reader_model, key=settings.reader_key)


def second_reading(
    engine: Engine,
    reader: Reader,
    limit: int = LIMIT,
    on_opinion: Callable[[int, Opinion], None] = lambda _case, _opinion: None,
) -> SecondReading:
    """Ask about uncertain posts, one by one, each answer kept at once.

    Raises Forbidden where the endpoint may not be spoken to, Problem for the database.
    """
    done = SecondReading()
    silent = 0
    for one in uncertain(engine, reader.model, VERSION, BAND, limit):
        opinion = reader.read(one.post, one.evidence)
        record_opinion(engine, one.row, opinion)
        done.outcomes[opinion.outcome] += 1
        done.moved += bool(opinion.shift)
        on_opinion(one.case_id, opinion)
        silent = silent + 1 if opinion.outcome in PASSING else 0
        if silent == GIVES_UP:
            done.gave_up = True
            break
    return done
