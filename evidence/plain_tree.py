"""A tree as canonical JSON takes it."""

from __future__ import annotations


def clean(value: object) -> object:
    """The tree without what canonical JSON refuses: fractions become their digits."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return value
