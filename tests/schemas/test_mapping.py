"""A mapping says how a layout becomes ours; what it cannot mean is refused with the key and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.errors import MappingInvalid
from schemas.mapping import parse_mapping, read_mapping, shipped_mapping, shipped_mappings


def document(**change: Any) -> dict[str, Any]:
    return {
        "name": "bank",
        "columns": {"reference": "id", "amount": "sum", "from_account": "payer", "channel": "kind"},
        "constants": {"currency": "XOF"},
        "time": {"column": "when"},
    } | change


def test_the_shipped_mappings_are_valid_and_drop_every_label() -> None:
    assert shipped_mappings() == ("amlgentex", "amlsim", "mobile-money", "paysim")
    labels = {"amlgentex": "is_sar", "amlsim": "alert_id", "paysim": "isFraud"}
    for name, label in labels.items():
        mapping = shipped_mapping(name)
        assert mapping.name == name
        assert label in mapping.drop


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"colums": {}}, "colums"),
        ({"columns": {"reference": "id", "sum": "amount"}}, "sum is not a canonical column"),
        ({"columns": {"reference": "id", "from_account": "payer", "channel": "kind"}}, "nothing gives amount"),
        ({"columns": {"reference": "id", "amount": "sum", "channel": "kind"}}, "from_account or to_account"),
        ({"constants": {"currency": 952}}, "constants.currency"),
        ({"time": {"column": "when", "zone": "Africa/Timbuktoo"}}, "time.zone"),
        ({"time": {"column": "when", "format": "%d/%m"}}, "time.format"),
        ({"time": {"column": "when", "format": "%Y-%m-%d %f"}}, "time.format"),
        ({"time": {"column": "when", "format": "%Y-%m-%d %Q"}}, "time.format"),
        ({"time": {"step": "n"}}, "needs `start`"),
        ({"time": {"column": "when", "step": "n", "start": "2024-01-01"}}, "either"),
        ({"drop": ["payer"]}, "payer is used elsewhere"),
        ({"reference": "row"}, "@row"),
        ({"rounding": {"amount": "up"}}, "rounding.amount"),
        ({"rounding": {"latitude": "half_even"}}, "latitude"),
        ({"values": {"currency": {"1": "EUR"}}}, "currency"),
        ({"when": [{"if": {}, "set": {"channel": "card"}}]}, "when.0.if"),
        ({"when": [{"if": {"kind": "x"}, "set": {"chanel": "card"}}]}, "chanel"),
        ({"format": {"encoding": "utf-32"}}, "format.encoding"),
        ({"name": "No Spaces"}, "name"),
    ],
)
def test_an_invalid_mapping_names_the_key_and_the_remedy(change: dict[str, Any], where: str) -> None:
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping(document(**change), where="bank.toml")
    assert where in str(caught.value)
    assert caught.value.where is not None
    assert caught.value.where.startswith("bank.toml")
    assert caught.value.remedy


def test_text_that_is_not_toml_is_refused() -> None:
    with pytest.raises(MappingInvalid, match="not TOML"):
        read_mapping("name = bank")


def test_an_unknown_shipped_mapping_names_those_there_are() -> None:
    with pytest.raises(MappingInvalid, match="paysim"):
        shipped_mapping("nobody")


def test_the_digest_does_not_depend_on_how_the_toml_is_written() -> None:
    one = read_mapping(
        'name = "b"\n[constants]\ncurrency="EUR"\nchannel="card"\n[columns]\nreference="i"\namount="a"\noccurred_at="t"\nto_account="x"'
    )
    two = read_mapping(
        'name = "b"\n[columns]\nto_account="x"\noccurred_at="t"\namount="a"\nreference="i"\n[constants]\nchannel="card"\ncurrency="EUR"'
    )
    assert one.digest() == two.digest() != shipped_mapping("paysim").digest()


def test_the_example_in_the_document_is_a_valid_mapping() -> None:
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    mapping = read_mapping(example, where="docs/formats.md")
    assert mapping.sources == {"MONTANT", "CPTE_DEB", "CPTE_CRED", "TYPE_OP", "GUICHET", "DATE_OP"}
