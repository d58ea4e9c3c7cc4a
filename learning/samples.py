"""Texts as rows of a sparse matrix: what the model is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from classifiers.eye import Eye
from classifiers.learned import CODE_FEATURES, narrow
from classifiers.look import Look
from classifiers.shape import Measures, measures
from classifiers.text_features import FEATURES, Grams, grams
from learning.corpus import Labelled

# Measures are few and often large beside the many small n-grams; found on the tune part (2026-11).
MEASURE_SCALE = 0.05


@dataclass(frozen=True, slots=True)
class Samples:
    """Row i is rows[i]; texts that are off topic are left out, for the judge never weighs them."""

    rows: tuple[Labelled, ...]
    looks: tuple[Look, ...]
    names: tuple[str, ...]  # of the measures, in column order after the n-grams
    matrix: csr_matrix
    offending: npt.NDArray[np.int64]
    off_topic: tuple[Labelled, ...]


def samples(eye: Eye, rows: Sequence[Labelled], names: Sequence[str] | None = None) -> Samples:
    """With the columns of `names`; those of the texts themselves where None."""
    looks = [eye.look(row.subject) for row in rows]
    kept = [(row, look) for row, look in zip(rows, looks, strict=True) if look is not None]
    told = [measures(look) for _, look in kept]
    columns = tuple(sorted({name for each in told for name in each}) if names is None else names)
    matrix = hstack(
        [
            gram_matrix([grams(look.document.text) for _, look in kept]),
            measure_matrix(told, columns),
        ]
    )
    return Samples(
        tuple(row for row, _ in kept),
        tuple(look for _, look in kept),
        columns,
        matrix.tocsr(),
        np.array([int(row.offending) for row, _ in kept]),
        tuple(row for row, look in zip(rows, looks, strict=True) if look is None),
    )


def gram_matrix(texts: Sequence[Grams], *, small: bool = False) -> csr_matrix:
    """`small` gives the narrower table that codes are learned on."""
    columns = [narrow(text.features) if small else text.features for text in texts]
    starts = np.cumsum([0, *map(len, columns)])
    shape = (len(texts), CODE_FEATURES if small else FEATURES)
    if not texts:
        return csr_matrix(shape, dtype=np.float64)
    values = np.concatenate([text.values for text in texts]).astype(np.float64)
    return csr_matrix((values, np.concatenate(columns), starts), shape=shape)


def measure_matrix(told: Sequence[Measures], names: Sequence[str]) -> csr_matrix:
    place = {name: at for at, name in enumerate(names)}
    columns, values, starts = [], [], [0]
    for each in told:
        for name, value in each.items():
            if name in place:
                columns.append(place[name])
                values.append(value * MEASURE_SCALE)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(told), len(names)))
