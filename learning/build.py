"""`python -m learning.build`: make the shipped weights again from the texts in the repository."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from classifiers.eye import Eye, load_eye
from classifiers.learned import WEIGHTS, Weights, save
from learning.corpus import Labelled, fingerprint, read_part
from learning.everyday import everyday
from learning.examples import examples
from learning.fit import fit
from learning.furniture import furnished
from learning.pieces import pieces

LEARNED_FROM = ("train", "tune")


def texts(eye: Eye) -> Sequence[Labelled]:
    """What the shipped model is made from; nothing of the test part."""
    written = [row for part in LEARNED_FROM for row in read_part(part)]
    return [*written, *pieces(written), *furnished(written), *examples(eye.rules), *everyday()]


def build(eye: Eye) -> Weights:
    facts = {"corpus": fingerprint(), "parts": list(LEARNED_FROM)}
    return fit(eye, texts(eye), facts, _tell)


def main() -> None:
    weights = build(load_eye())
    WEIGHTS.parent.mkdir(exist_ok=True)
    save(weights, WEIGHTS)
    _tell(f"threshold {weights.threshold:.3f}, slope {weights.slope:.3f}: {WEIGHTS.name}")


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
