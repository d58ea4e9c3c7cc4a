"""Groups of words that mean one thing to a rule: a certificate, a contact, a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifiers.folding import fold
from classifiers.sheets import Sheet, read_sheet

FOLDER = Path(__file__).with_name("concepts")
DISGUISES = Path(__file__).with_name("disguises.yaml")

_KEYS = ("zh", "words", "patterns", "benign")


@dataclass(frozen=True, slots=True)
class Concept:
    """Everything folded; a hit inside a longer benign word does not count."""

    name: str
    zh: str
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]  # run over the whole text
    benign: tuple[str, ...]


def folded(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words folded, without repeats; in one go, because a fold costs more than a word."""
    return tuple(dict.fromkeys(fold("\n".join(words)).text.split("\n"))) if words else ()


def plain_pattern(sheet: Sheet, key: str, source: str) -> re.Pattern[str]:
    """Compile a pattern that stays linear: every repetition has an upper bound."""
    if re.search(r"(?<!\\)[*+]|,\}", source):
        sheet.bad(key, f"{source} 用了无上限的重复（* + {{n,}}）", f"{source} repeats without end")
    try:
        return re.compile(source)
    except re.error as error:
        sheet.bad(key, f"{source} 不成立：{error}", f"{source} does not compile: {error}")


def _concept(path: Path) -> Concept:
    sheet = read_sheet(path)
    sheet.only(_KEYS)
    patterns = tuple(plain_pattern(sheet, "patterns", p) for p in sheet.words("patterns"))
    words = folded(sheet.words("words"))
    if not words and not patterns:
        sheet.bad("words", "既无词也无式", "neither words nor patterns")
    return Concept(path.stem, sheet.text("zh"), words, patterns, folded(sheet.words("benign")))


def load_concepts(folder: Path = FOLDER) -> dict[str, Concept]:
    """Every `<name>.yaml` of the folder; raises BadSheet."""
    return {path.stem: _concept(path) for path in sorted(folder.glob("*.yaml"))}


def load_disguises(path: Path = DISGUISES) -> dict[str, tuple[str, ...]]:
    """Plain word -> the ways it is disguised, all folded; raises BadSheet."""
    sheet = read_sheet(path)
    table = {fold(plain).text: folded(tuple(_spaced(sheet.words(plain)))) for plain in sheet.data}
    # A traditional form folds to the plain word and needs no line of its own.
    return {plain: tuple(w for w in forms if w != plain) for plain, forms in table.items()}


def _spaced(forms: tuple[str, ...]) -> Iterator[str]:
    """办zheng is written 办 zheng as well."""
    for form in forms:
        yield form
        apart = re.sub(r"(?<=[一-鿿])(?=[a-z])|(?<=[a-z])(?=[一-鿿])", " ", form)
        if apart != form:
            yield apart


def disguised(word: str, disguises: dict[str, tuple[str, ...]]) -> set[str]:
    """The word with each plain part that it holds written in each disguise, one at a time."""
    return {
        word.replace(plain, form)
        for plain, forms in disguises.items()
        if plain in word
        for form in forms
    } - {word}
