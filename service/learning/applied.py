"""The child's side of learning: read the weights that a manifest names, and be sure that they are those."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from detectors.learning.order import KIND, Weights, parse_weights
from schemas.canonical import sha256
from schemas.errors import DigestMismatch
from schemas.run import Manifest


def weights_named(manifest: Manifest, places: Mapping[str, str]) -> Weights | None:
    """The learned weights of a manifest; None where it names none. `places` says where each reference lies.

    Raises DigestMismatch where the file is missing or another.
    """
    digest = next((ref.digest for ref in manifest.references if ref.kind == KIND), None)
    if digest is None:
        return None
    path = Path(places[KIND])
    data = path.read_bytes() if path.exists() else b""
    if sha256(data) != digest:
        raise DigestMismatch("learned weights are not those that the manifest names", where=path.name)
    return parse_weights(data, digest, path.name)
