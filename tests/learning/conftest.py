"""Trained models of the tiny shop, shared by the tests of learning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.learning.tiny_project import trained_editions


@pytest.fixture(scope="package")
def editions() -> Mapping[str, Path]:
    """The archives of the three editions by name."""
    return trained_editions()
