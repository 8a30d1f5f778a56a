"""A score as the pages show it: in whole points, and never in a band that the alert is not in."""

from __future__ import annotations

import pytest

from service.web.language import points


@pytest.mark.parametrize(
    ("thousandths", "shown"), [(49_999, "49"), (50_000, "50"), (74_500, "74"), (0, "0"), (999, "0")]
)
def test_a_score_is_rounded_down_so_that_it_does_not_reach_the_next_band(thousandths: int, shown: str) -> None:
    assert [points(thousandths, language) for language in ("en", "fr")] == [shown, shown]
