"""Which rows of an alert's evidence are a second report of a flow that another row reports: to be shown, and not to be counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Reference = tuple[str, str]
"""A report as its submitter knows it: batch and reference."""


def second_reports(body: Mapping[str, Any]) -> dict[Reference, Reference]:
    """Each second report of a flow, with the first one of the same flow. Empty for an alert of before this was recorded.

    `body` is the alert as plain JSON (`schemas.alert.CandidateAlert`).
    """
    groups = [[(each["batch"], each["reference"]) for each in group] for group in body.get("same_flow", ())]
    return {second: first for first, *others in groups for second in others}
