"""Many values a part at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.parts import in_parts


@given(st.lists(st.integers()), st.integers(1, 9))
def test_parts_hold_everything_in_its_order_and_none_is_empty_or_too_long(
    values: list[int], size: int
) -> None:
    parts = list(in_parts(iter(values), size))
    assert [one for part in parts for one in part] == values
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts[-1:])
