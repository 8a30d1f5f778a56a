"""The relations that detectors look at, built once per run from the segments: accounts, transactions, flows, reports."""

from detectors.relations.load import Source, load_frame, load_segments

__all__ = ["Source", "load_frame", "load_segments"]
