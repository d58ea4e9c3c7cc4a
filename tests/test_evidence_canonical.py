"""Canonical JSON: one value, one row of bytes; the house and the stand-alone verifier agree."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evidence import layout
from evidence.verifier import Wrong, parsed
from storage.canonical import canonical

WORDS = some.text(some.characters(exclude_categories=["Cs"]), max_size=12)
TREES = some.recursive(
    some.none() | some.booleans() | some.integers() | WORDS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_what_was_written_reads_back_and_writes_the_same(value: object) -> None:
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(json.loads(data)) == data
    assert layout.canonical(value) == data
    assert parsed("x", data) == value


@given(some.dictionaries(WORDS, some.integers(), min_size=2, max_size=6))
def test_the_order_in_which_a_mapping_was_made_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(turned)


@given(TREES, some.integers(0, 3))
def test_no_other_spelling_of_a_value_is_accepted(value: object, indent: int) -> None:
    other = json.dumps(value, indent=indent).encode()
    if other != canonical(value):
        with pytest.raises(Wrong):
            parsed("x", other)


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": 0.0}, [1, [2.0]], {1: 2}, b"x", {1, 2}])
def test_fractions_and_strangers_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_what_is_no_unicode_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical("\ud800")


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',  # a key twice
        b'{"b":1,"a":2}',  # out of order
        b'{"a":1.0}',
        b'{"a":NaN}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\\u4e2d"}',  # escaped without need
        b'{"a":"\\ud800"}',
        b"\xff",
        b"",
        b"[" * 100_000,
    ],
)
def test_the_verifier_reads_canonical_json_only(data: bytes) -> None:
    with pytest.raises(Wrong):
        parsed("x", data)
