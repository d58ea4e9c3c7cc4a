"""The learned model: a linear sum over n-grams and measures, read from arrays.

Made by learning/fit.py; judging needs no scikit-learn.
"""

from __future__ import annotations

import io
import json
import lzma
import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classifiers.hashing import Places
from classifiers.rulebook import CLAUSES
from classifiers.shape import Measures
from classifiers.text_features import BITS, FEATURES, Grams
from storage.bilingual import Problem

WEIGHTS = Path(__file__).with_name("weights") / "model.npz"
FORMAT = 1
CODE_BITS = 14
CODE_FEATURES = 2 << CODE_BITS
_MOST_BYTES = 64_000_000  # unpacked, of one array; a file may lie about its size
_SHOWN = 8  # measures told of
_NUMBERS = ("bias", "slope", "offset", "threshold", "backed_threshold")
# What reading a damaged or made-up archive raises: packed data, encrypted or unknown packing,
# headers that promise more than there is, values of another kind.
_BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, MemoryError),
    *(OverflowError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)

Floats = npt.NDArray[np.float32]


class BadModel(Problem):
    """A file of weights that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    grams: Floats  # one for each feature of a text
    measures: Mapping[str, float]
    bias: float
    slope: float  # calibration: probability = 1 / (1 + exp(-(slope * sum + offset)))
    offset: float
    threshold: float  # the probability from which a person should look
    backed_threshold: float  # the same where a rule is sure by itself
    codes: tuple[str, ...]  # violation codes that a passage can be given
    code_grams: Floats  # codes x features of a passage
    code_bias: Floats
    facts: Mapping[str, Any]  # what it was made from, when, and how it did


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a probability came about; the parts and the bias add up to `total`."""

    total: float
    probability: float
    from_words: float
    from_measures: tuple[tuple[str, float], ...]  # the strongest first


def weigh(weights: Weights, grams: Grams, measures: Measures) -> Weighed:
    words = float(weights.grams[grams.features] @ grams.values)
    known = weights.measures
    parts = [(name, value * known[name]) for name, value in measures.items() if name in known]
    total = weights.bias + words + sum(part for _, part in parts)
    parts.sort(key=lambda part: -abs(part[1]))
    return Weighed(total, _probability(weights, total), words, tuple(parts[:_SHOWN]))


def _probability(weights: Weights, total: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(weights.slope * total + weights.offset, -30, 30))))


def code_of(weights: Weights, passage: Grams) -> str:
    """The violation code that a passage's words point to."""
    sums = weights.code_grams[:, narrow(passage.features)] @ passage.values
    return weights.codes[int(np.argmax(sums + weights.code_bias))]


def narrow(features: Places) -> Places:
    """Features of the smaller table of codes: some share a place there, which costs little."""
    return (features >> BITS << CODE_BITS) | (features & (1 << CODE_BITS) - 1)


_ARRAYS = ("grams", "code_grams", "code_bias")
_PLAIN = ("measures", "bias", "slope", "offset", "threshold", "backed_threshold", "codes", "facts")


def save(weights: Weights, path: Path) -> None:
    """The same weights give the same bytes, so that a file can be compared by its hash."""
    plain = {name: getattr(weights, name) for name in _PLAIN} | {"format": FORMAT}
    parts = {"model.json": json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()}
    for name in _ARRAYS:
        packed = io.BytesIO()
        np.save(packed, getattr(weights, name).astype(np.float16), allow_pickle=False)
        parts[f"{name}.npy"] = packed.getvalue()
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w") as file:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            file.writestr(info, data, zipfile.ZIP_DEFLATED, 9)
    draft.replace(path)


def load(path: Path = WEIGHTS) -> Weights:
    """Raises BadModel where the file is missing, broken or of another format."""
    try:
        with zipfile.ZipFile(path) as file:
            plain = json.loads(_member(file, "model.json"))
            arrays = {name: _array(file, name) for name in _ARRAYS}
            return _weights(plain, arrays)
    except _BROKEN as error:
        raise BadModel(
            f"模型文件 {path.name} 用不了（{error}）。请重新安装，或删去本单位训练的模型后重试。",
            f"the model file {path.name} cannot be used ({error}). "
            "Install again, or remove the office's own model.",
        ) from error


def _member(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return file.read(name)


def _array(file: zipfile.ZipFile, name: str) -> Floats:
    stored: npt.NDArray[np.float16] = np.load(
        io.BytesIO(_member(file, f"{name}.npy")), allow_pickle=False
    )
    if stored.dtype != np.float16:
        raise ValueError(f"{name} does not fit")
    return stored.astype(np.float32)


def _check(plain: Mapping[str, Any]) -> None:
    """Raises ValueError or KeyError where judging would stumble over a value later."""
    numbers = {name: plain[name] for name in _NUMBERS} | plain["measures"]
    for name, value in numbers.items():
        if type(value) not in {int, float} or not math.isfinite(value):
            raise ValueError(f"{name} is no number")
    codes, rules = plain["codes"], plain["facts"]["rules"]
    if not codes or not all(isinstance(code, str) and code[:1] in CLAUSES for code in codes):
        raise ValueError("codes do not fit")
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
        raise ValueError("rules do not fit")


def _weights(plain: dict[str, Any], arrays: dict[str, Floats]) -> Weights:
    if plain["format"] != FORMAT:
        raise ValueError(f"format {plain['format']}, wanted {FORMAT}")
    _check(plain)
    codes = tuple(plain["codes"])
    shapes = {
        "grams": (FEATURES,),
        "code_grams": (len(codes), CODE_FEATURES),
        "code_bias": (len(codes),),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} does not fit")
    return Weights(
        grams=arrays["grams"],
        measures=plain["measures"],
        bias=plain["bias"],
        slope=plain["slope"],
        offset=plain["offset"],
        threshold=plain["threshold"],
        backed_threshold=plain["backed_threshold"],
        codes=codes,
        code_grams=arrays["code_grams"],
        code_bias=arrays["code_bias"],
        facts=plain["facts"],
    )
