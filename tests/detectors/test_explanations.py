"""Every sentence that an example draws from a detector can be read in every language, whatever the numbers are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from detectors.anomaly.declared import DECLARED
from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.examples import run_example
from detectors.wording import LANGUAGES, explain
from schemas.finding import Explanation

DETECTORS = Catalogue.load().detectors
MANY = (
    "payments|senders|deposits|amounts|payees|accounts|transactions|middlemen|days|hours|receivers|others|purchases|"
    "paiements|payeurs|dépôts|montants|bénéficiaires|comptes|opérations|intermédiaires|jours|heures|autres|achats|"
    "pagos|ordenantes|depósitos|importes|beneficiarios|cuentas|operaciones|intermediarios|días|horas|otros|compras|"
    "layers|places|pairs|steps|times|entries|peers|lieux|couches|paires|capas|lugares|pares|pagadores"
)
ONE_OF_MANY = re.compile(rf"(?<![\d.,\u00a0\u202f])1[ \u00a0\u202f](?:(?:new|nouveaux) )?(?:{MANY})\b")


def explained(detector: Detector, facts: dict[str, Any]) -> Explanation:
    return explain(detector.meta, facts, {}, base_currency="EUR", logic_hash=detector.logic_hash)


def texts(said: Explanation, language: str) -> list[str]:
    words = [said.title, said.sentence, said.next_step, *said.benign, *(line.label for line in said.indicators)]
    numbers = [side for line in said.indicators for side in (line.observed, line.threshold)]
    return [each[language] for each in (*words, *numbers)]


def faults(text: str) -> list[str]:
    """What no reader should find in a text."""
    told = {
        "empty": not text.strip(),
        "a placeholder": bool(re.search(r"[{}|#]", text)),
        "a double blank": bool(re.search(r"[ \u00a0\u202f]{2}", text)),
        "a blank before a comma": bool(re.search(r"\s[,.]", text)),
        "many where there is one": bool(ONE_OF_MANY.search(text)),
    }
    return [name for name, holds in told.items() if holds]


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda each: str(each.meta.id))
def test_what_its_examples_draw_from_a_detector_can_be_read_in_every_language(detector: Detector) -> None:
    seen = 0
    for example in detector.meta.fires:
        for written in run_example(detector, example, "fires").findings["facts"]:
            facts = json.loads(written)
            ones = facts | {name: 1 for name, kind in detector.meta.facts.items() if kind in {"count", "days", "hours"}}
            for given in (facts, ones):
                said = explained(detector, given)
                found = {
                    (language, text): faults(text)
                    for language in LANGUAGES
                    for text in texts(said, language)
                    if faults(text)
                }
                assert found == {}
                seen += 1
    assert seen


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        ("{n} payments", "a placeholder"),
        ("of  it", "a double blank"),
        ("1 new senders in 3 days", "many where there is one"),
        ("1\u00a0opérations", "many where there is one"),
        ("1 , of it", "a blank before a comma"),
    ],
)
def test_a_text_that_reads_badly_is_noticed(text: str, fault: str) -> None:
    assert fault in faults(text)
    assert faults("21 payments of 1,001 payments") == []


def test_spanish_has_one_word_for_one_thing() -> None:
    other_words = re.compile(
        r"\b(importes?|ordenantes?|pagadors|monederos?|aparatos?|períodos?|ingresos? de efectivo|depósitos? de efectivo)\b",
        re.I,
    )
    for detector in DETECTORS:
        said = detector.meta.model_dump_json(include={"title", "why", "benign", "next_step", "indicators"})
        assert not other_words.findall(said), detector.meta.id
    for name, feature in DECLARED.items():
        assert not other_words.findall(feature.label["es"]), name
