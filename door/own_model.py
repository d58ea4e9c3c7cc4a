"""Where an office keeps the model it has trained itself."""

from __future__ import annotations

from pathlib import Path

from classifiers.learned import WEIGHTS
from door.settings import Settings

NAME = "model.npz"


def own_model(settings: Settings) -> Path:
    return settings.home / "model" / NAME


def model_in_use(settings: Settings) -> Path:
    """The office's own where there is one, else the shipped one."""
    own = own_model(settings)
    return own if own.is_file() else WEIGHTS
