"""The directory of filed bodies (备案评价机构目录) as the judge uses it: a plain frozen value.

Built by the door from storage. What it does not hold it may still not deny: a list covers certain
regions and kinds of bodies only.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from sys import intern

from ahocorasick_rs import AhoCorasick

from classifiers.body_names import key, own_word, short_forms
from classifiers.catalogue import find_jobs
from classifiers.places import province_of
from classifiers.tables_file import automaton
from storage.records import FiledKind, Filing

EVALUATORS = frozenset(
    {
        FiledKind.SOCIAL,
        FiledKind.EMPLOYER,
        FiledKind.ASSESSMENT,
        FiledKind.SPECIAL,
        FiledKind.EXAMINATION,
    }
)
_SHARE = 0.2  # of bodies that carry a province in their names, for the list to cover it
_NUMBER_NOISE = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Body:
    name: str
    filings: tuple[Filing, ...]

    def on(self, day: date) -> tuple[Filing, ...]:
        """What it is filed for on a day; a list without days is taken at its word."""
        return tuple(
            one
            for one in self.filings
            if (one.valid_from is None or one.valid_from <= day)
            and (one.valid_to is None or day <= one.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Bodies that a name may mean. how: "exact", "folded", "short", "near" (the same own word)."""

    how: str
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A filed body named at text[start:end]."""

    start: int
    end: int
    bodies: tuple[Body, ...]


NOBODY = Found("none", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Look-ups by name, number and occupation; nothing is ever changed in it."""

    as_of: date  # the oldest of the lists that count
    fingerprint: str
    bodies: tuple[Body, ...]
    provinces: frozenset[str]  # covered, as 河南; empty: nothing tells
    kinds: frozenset[FiledKind]
    former: frozenset[str]  # keys of bodies that stood in earlier editions only
    _by_key: Mapping[str, tuple[int, ...]] = field(repr=False)
    _by_own: Mapping[str, tuple[int, ...]] = field(repr=False)
    _by_number: Mapping[str, tuple[int, ...]] = field(repr=False)
    _words: tuple[str, ...] = field(repr=False)
    _finder: AhoCorasick = field(repr=False)
    _jobs: tuple[str, ...] = field(repr=False)
    _job_finder: AhoCorasick = field(repr=False)

    def look_up(self, name: str) -> Found:
        wanted = key(name)
        at = self._by_key.get(wanted, ())
        if at:
            found = self._at(at)
            if any(body.name == name for body in found):
                return Found("exact", found)
            whole = any(key(body.name) == wanted for body in found)
            return Found("folded" if whole else "short", found)
        for form in short_forms(wanted):
            if form in self._by_key:
                return Found("short", self._at(self._by_key[form]))
        own = own_word(wanted)
        near = self._by_own.get(own, ()) if len(own) >= 2 else ()
        return Found("near", self._at(near)) if near else NOBODY

    def _at(self, places: Iterable[int]) -> tuple[Body, ...]:
        return tuple(self.bodies[at] for at in places)

    def numbered(self, number: str) -> tuple[Body, ...]:
        """Bodies with this filing number."""
        return self._at(self._by_number.get(plain_number(number), ()))

    def named(self, text: str) -> list[Named]:
        """All filed bodies named in a folded text, in order; linear in the text."""
        found = self._finder.find_matches_as_indexes(text)
        return [
            Named(start, end, self._at(self._by_key[self._words[w]])) for w, start, end in found
        ]

    def jobs(self, text: str) -> list[tuple[int, int, str]]:
        """Occupations named in a folded text, of the directory and of the catalogue."""
        listed = [
            (start, end, self._jobs[at])
            for at, start, end in self._job_finder.find_matches_as_indexes(text)
        ]
        others = ((job.start, job.end, text[job.start : job.end]) for job in find_jobs(text))
        apart = [
            one
            for one in others
            if not any(one[0] < end and start < one[1] for start, end, _ in listed)
        ]
        return sorted([*listed, *apart])

    def covers(self, province: str) -> bool:
        """Whether a body of this province ("" where its name tells none) should stand in it."""
        return not province or province in self.provinces

    def left(self, name: str) -> bool:
        """Whether the body stood in an earlier edition and no longer does."""
        return key(name) in self.former


def plain_number(number: str) -> str:
    return _NUMBER_NOISE.sub("", key(number))


def build_directory(
    filings: Iterable[Filing], *, as_of: date, former: Iterable[str] = (), stamp: str = ""
) -> Directory:
    """`former`: names of bodies in earlier editions.

    `stamp` says which lists these are, where the caller knows; else the rows are hashed, which
    takes longer than all the rest.
    """
    by_body: dict[str, list[Filing]] = defaultdict(list)
    for one in filings:
        by_body[intern(one.body)].append(one)
    bodies = tuple(Body(name, tuple(rows)) for name, rows in by_body.items())
    keys, owns, numbers = _index(bodies)
    words = tuple(word for word in keys if len(word) >= 4)
    jobs = tuple(dict.fromkeys(_job_names(bodies)))
    present = {key(body.name) for body in bodies}
    return Directory(
        as_of=as_of,
        fingerprint=_fingerprint(bodies, as_of, stamp),
        bodies=bodies,
        provinces=_provinces(bodies),
        kinds=frozenset(row.kind for body in bodies for row in body.filings),
        former=frozenset(key(name) for name in former) - present,
        _by_key=keys,
        _by_own=owns,
        _by_number=numbers,
        _words=words,
        _finder=automaton(list(words)),
        _jobs=jobs,
        _job_finder=automaton(list(jobs)),
    )


Index = dict[str, tuple[int, ...]]


def _index(bodies: tuple[Body, ...]) -> tuple[Index, Index, Index]:
    """Places of bodies by name, by own word and by number; whole names before short forms."""
    keys: dict[str, list[int]] = defaultdict(list)
    owns: dict[str, list[int]] = defaultdict(list)
    numbers: dict[str, set[int]] = defaultdict(set)
    names = [key(body.name) for body in bodies]
    whole = set(names)
    for at, name in enumerate(names):
        keys[name].append(at)
        for form in short_forms(name):
            if form not in whole:
                keys[form].append(at)
        own = own_word(name)
        if len(own) >= 2:
            owns[own].append(at)
        for row in bodies[at].filings:
            if row.filing_no:
                numbers[plain_number(row.filing_no)].add(at)
    return (
        {name: tuple(places) for name, places in keys.items()},
        {name: tuple(places) for name, places in owns.items()},
        {number: tuple(sorted(places)) for number, places in numbers.items()},
    )


def _job_names(bodies: tuple[Body, ...]) -> Iterable[str]:
    for body in bodies:
        for row in body.filings:
            for name in (row.occupation, row.trade):
                if len(name) >= 2:
                    yield key(name)


def _provinces(bodies: tuple[Body, ...]) -> frozenset[str]:
    """Provinces the rows name; where no row names one, those of a good part of the bodies."""
    regions = {row.region for body in bodies for row in body.filings}
    found = {province_of(region) for region in regions} - {""}
    if not found:
        counted = Counter(province_of(body.name) for body in bodies)
        found = {name for name, count in counted.items() if name and count >= _SHARE * len(bodies)}
    return frozenset(found)


def _fingerprint(bodies: tuple[Body, ...], as_of: date, stamp: str) -> str:
    digest = hashlib.sha256(f"{as_of}|{stamp}".encode())
    for body in () if stamp else bodies:
        digest.update(repr(body.filings).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]
