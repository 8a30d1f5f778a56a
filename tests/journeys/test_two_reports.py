"""Transfers that two partners report, on the fixture world: nearly every one is one flow, and hardly anything else is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fixtures.generate import write_world
from schemas.mapping import read_mapping
from service import partners
from service.house import open_house
from service.settings import Settings

OPERATOR = {"actor": "operator", "role": "operator"}


@pytest.mark.slow
def test_what_two_partners_report_of_the_world_is_one_flow(tmp_path: Path) -> None:
    world = write_world(tmp_path / "world", scale=0.1)
    with open_house(Settings(home=tmp_path / "home")) as house:
        for partner in tomllib.loads((tmp_path / "world" / "partners.toml").read_text("utf-8"))["partner"]:
            key, name = partner["id"], partner["file"]
            partners.register(
                house.journal, house.ledger, partner=key, name=key, institution=partner["institution"], **OPERATOR
            )
            mapping = partner.get("mapping")
            described = None if mapping is None else read_mapping((tmp_path / "world" / mapping).read_text("utf-8"))
            document = (
                None if described is None else described.model_dump(mode="json", by_alias=True, exclude_none=True)
            )
            house.intake.submit(tmp_path / "world" / name, partner=key, name=name, mapping=document, **OPERATOR)
        sizes = house.runs.start(detectors=["cash-structuring"], **OPERATOR)["sizes"]
    assert world.reported_twice > 100
    # Two like payments of one pair within two days can be taken for one where each partner saw but one of them.
    assert abs(sizes["twins"] - world.reported_twice) * 100 <= world.reported_twice
    assert sizes["transactions"] + sizes["twins"] == sum(world.rows.values())
