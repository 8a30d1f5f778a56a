"""What `docs/models.md` says of the model is what the model is."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from detectors.anomaly import changed_account, unusual_account, unusual_network
from detectors.anomaly.declared import DECLARED

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DECLARED)
def test_every_feature_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("model", [unusual_account, changed_account, unusual_network], ids=lambda model: str(model.ID))
def test_every_parameter_is_documented_with_its_default(model: ModuleType) -> None:
    for name, parameter in model.META.params.items():
        assert f"| `{name}` | {parameter.default} |" in PAGE, name
