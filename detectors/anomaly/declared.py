"""Every feature of every model by name: of accounts and of networks. No name is declared twice."""

from __future__ import annotations

from detectors.anomaly.features import FEATURES, Feature
from detectors.anomaly.network_features import NETWORK_FEATURES

DECLARED: dict[str, Feature] = FEATURES | NETWORK_FEATURES
