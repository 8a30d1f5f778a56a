"""What `docs/models.md` says of the model is what the model is."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.anomaly.features import FEATURES
from detectors.anomaly.unusual_account import META

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", META.params)
def test_every_parameter_is_documented_with_its_default(name: str) -> None:
    assert f"| `{name}` | {META.params[name].default} |" in PAGE
