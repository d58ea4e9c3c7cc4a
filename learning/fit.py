"""Fitting the learned model to labelled texts: weights, calibration, threshold, codes.

scikit-learn is used here and nowhere in a sweep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from classifiers.eye import Eye
from classifiers.judge import told_as
from classifiers.learned import CODE_FEATURES, Weights
from classifiers.text_features import FEATURES, grams
from learning.corpus import Labelled
from learning.furniture import STRATUM as PAGE
from learning.pieces import STRATUM as PIECE
from learning.samples import MEASURE_SCALE, Samples, gram_matrix, samples

# How far a feature's weight in the fit follows how unlike its share of both kinds is: 0 not at all,
# 1 wholly (Wang and Manning 2012). Recall at 98 % on authors left out: .80, .83 at .5 (2026-11).
TELLING = 0.5
STRENGTH = 20.0  # inverse of the penalty; found on the tune part (2026-11)
CODE_STRENGTH = 10.0
LEAST_OF_CODE = 8  # examples from which a code can be learned
# How much a text counts that nobody wrote as one; found by leaving authors out, and raised with the
# corpus, so that ordinary texts of other people are flagged no more often (2026-11).
COUNTS = {"everyday": 0.07, PIECE: 0.3, PAGE: 0.5}
# Of what is flagged, on texts of authors left out; new authors bring it down by a point or two.
# Chosen so that a new corpus keeps the pinned floors (2026-11).
PRECISION = 0.978
# Where a rule is as sure by itself, this much less of the sum is enough.
BACKED = 0.8
_NOTHING_BELOW = 0.1  # weights of codes this small are left out of the file

Floats = npt.NDArray[np.float64]
Progress = Callable[[str], None]


class TooFew(ValueError):
    """Not enough texts of both kinds, or of enough authors, to learn from."""


def fit(eye: Eye, rows: Sequence[Labelled], facts: Mapping[str, Any], tell: Progress) -> Weights:
    """Weights of everything in `rows`; raises TooFew. Calibrated on authors left out in turn."""
    made = samples(eye, [row for row in rows if not row.grey])
    tell("features")
    heed = heeds(made.rows)
    unseen = out_of_author(made, heed, tell)
    whole = heed == 1.0
    slope, offset = calibrated(unseen[whole], made.offending[whole])
    least = threshold(unseen[whole], made.offending[whole])
    weights, bias = fitted(made.matrix, made.offending, heed)
    tell("codes")
    codes, code_grams, code_bias = fitted_codes(made)
    return Weights(
        grams=weights[:FEATURES].astype(np.float32),
        measures={
            name: float(weight) * MEASURE_SCALE
            for name, weight in zip(made.names, weights[FEATURES:], strict=True)
        },
        bias=bias,
        slope=slope,
        offset=offset,
        threshold=logistic(slope * least + offset),
        backed_threshold=logistic(slope * (least - BACKED) + offset),
        codes=codes,
        code_grams=code_grams,
        code_bias=code_bias,
        facts={**facts, "texts": len(rows), "rules": [told_as(rule) for rule in eye.rules]},
    )


def heeds(rows: Sequence[Labelled]) -> Floats:
    """How much each text counts."""
    return np.array([COUNTS.get(row.stratum, COUNTS.get(author(row), 1.0)) for row in rows])


def fitted(
    matrix: csr_matrix, offending: npt.NDArray[np.int64], heed: Floats
) -> tuple[Floats, float]:
    if len(set(offending.tolist())) < 2:
        raise TooFew
    scale = telling(matrix, offending, heed)
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(matrix @ diags(scale), offending, sample_weight=heed)
    return model.coef_[0] * scale, float(model.intercept_[0])


def telling(matrix: csr_matrix, offending: npt.NDArray[np.int64], heed: Floats) -> Floats:
    """A factor for each column: words that stand in one kind of text alone count for more.

    One for the measures, which are few and well filled.
    """
    there = matrix[:, :FEATURES].astype(bool).astype(np.float64)
    shares = [1.0 + there.T @ (heed * (offending == kind)) for kind in (1, 0)]
    totals = [1.0 + float(heed[offending == kind].sum()) for kind in (1, 0)]
    unlike = np.abs(np.log(shares[0] / totals[0]) - np.log(shares[1] / totals[1]))
    scale = np.ones(matrix.shape[1])
    scale[:FEATURES] = 1.0 - TELLING + TELLING * unlike
    return scale


def author(row: Labelled) -> str:
    """Who wrote it: ids are author-number; an office's own texts count as one author each."""
    return row.id.partition("-")[0]


def out_of_author(made: Samples, heed: Floats, tell: Progress) -> Floats:
    """For each text the sum of a model that has read nothing of its author."""
    authors = np.array([author(row) for row in made.rows])
    if len(set(authors)) < 3:
        raise TooFew
    sums = np.zeros(len(authors))
    for one in sorted(set(authors) - set(COUNTS)):
        tell(f"without {one}")
        left_out = authors == one
        weights, bias = fitted(made.matrix[~left_out], made.offending[~left_out], heed[~left_out])
        sums[left_out] = made.matrix[left_out] @ weights + bias
    return sums


def calibrated(sums: Floats, offending: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Platt's scaling: slope and offset of the log-odds."""
    model = LogisticRegression(C=1e6).fit(sums.reshape(-1, 1), offending)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def logistic(total: float) -> float:
    return float(1 / (1 + np.exp(-total)))


def threshold(sums: Floats, offending: npt.NDArray[np.int64]) -> float:
    """The lowest sum from which on at least PRECISION of the texts offend."""
    order = np.argsort(-sums)
    right = np.cumsum(offending[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= PRECISION)
    if not len(good):
        raise TooFew
    return float(sums[order][good[-1]])


def fitted_codes(made: Samples) -> tuple[tuple[str, ...], npt.NDArray[np.float32], Any]:
    """A model from the words of an offence to its code; rare codes are left out."""
    texts, codes = quoted(made)
    common = {code for code, count in Counter(codes).items() if count >= LEAST_OF_CODE}
    kept = [(text, code) for text, code in zip(texts, codes, strict=True) if code in common]
    if len(common) < 2:
        raise TooFew
    matrix = gram_matrix([grams(text) for text, _ in kept], small=True)
    model = LogisticRegression(C=CODE_STRENGTH, max_iter=60, tol=1e-3)
    model.fit(matrix, [code for _, code in kept])
    wide = model.coef_.astype(np.float32)
    wide = wide if len(wide) > 1 else np.concatenate([-wide, wide])
    wide[np.abs(wide) < _NOTHING_BELOW] = 0
    assert wide.shape[1] == CODE_FEATURES
    bias = np.resize(model.intercept_.astype(np.float32), len(wide))
    return tuple(map(str, model.classes_)), wide, bias


def quoted(made: Samples) -> tuple[list[str], list[str]]:
    """Folded words of every label, and the sentence around them, with the label's code."""
    texts, codes = [], []
    for row, look in zip(made.rows, made.looks, strict=True):
        document = look.document
        offsets = {name: low for name, low, _ in document.parts}
        starts = np.asarray(document.folded.starts)
        for label in row.labels:
            low = int(np.searchsorted(starts, offsets[label.field] + label.start))
            high = int(np.searchsorted(starts, offsets[label.field] + label.end))
            if low < high:
                around = document.sentence(low, high)
                texts += [document.text[low:high], document.text[slice(*around)]]
                codes += [label.code, label.code]
    return texts, codes
