"""The catalogue as pages: what stands in the repository is what the detectors say, and every picture can be read."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from detectors import pages
from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.picture import MOST_BOXES, arrows, draw
from schemas.detector import Example

ROOT = Path(__file__).resolve().parents[2]
CURE = "Run `thalweg detectors pages` and commit docs/detectors with the change."
HEADER = "occurred_at | amount | from_account | to_account\n"


@pytest.fixture(scope="module")
def detectors() -> tuple[Detector, ...]:
    return Catalogue.load().detectors


@pytest.fixture(scope="module")
def texts(detectors: tuple[Detector, ...]) -> dict[str, str]:
    return pages.render(detectors)


def test_the_pages_in_the_repository_are_those_that_the_detectors_give(texts: dict[str, str]) -> None:
    folder = ROOT / pages.PAGES
    kept = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert sorted(kept) == sorted(texts), CURE
    assert not [name for name, text in texts.items() if kept[name] != text], CURE


def test_every_detector_has_a_page_a_line_in_the_index_and_says_its_numbers_with_their_reasons(
    detectors: tuple[Detector, ...], texts: dict[str, str]
) -> None:
    for each in detectors:
        page = texts[f"{each.meta.id}.md"]
        assert f"[{each.meta.id}]({each.meta.id}.md)" in texts[pages.INDEX]
        assert all(source in page for source in each.meta.sources)
        for name, parameter in each.meta.params.items():
            assert f"| `{name}` | " in page
            assert parameter.reason.replace("|", "\\|") in page
        assert all(f"- {example.name}" in page for example in (*each.meta.fires, *each.meta.silent))


def test_every_picture_is_well_formed_and_shows_who_is_flagged(
    detectors: tuple[Detector, ...], texts: dict[str, str]
) -> None:
    for each in detectors:
        drawing = ElementTree.fromstring(texts[f"{each.meta.id}.svg"])
        words = [node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
        assert set(each.meta.fires[0].flags) <= set(words), each.meta.id
        boxes = [node for node in drawing.iter("{http://www.w3.org/2000/svg}rect") if node.get("class")]
        assert 1 <= len(boxes) <= MOST_BOXES
        (left, top, width, height) = map(int, str(drawing.get("viewBox")).split())
        assert (left, top) == (0, 0)
        for box in boxes:
            assert 0 <= int(str(box.get("x"))) <= width - int(str(box.get("width")))
            assert 0 <= int(str(box.get("y"))) <= height - int(str(box.get("height")))


def test_arrows_gather_the_payments_of_a_pair_and_lose_no_money() -> None:
    rows = HEADER + "2026-03-02 | 10.00 | A | B\n2026-03-03 | 5.50 | A | B\n2026-03-04 | 7.00 | B | A\n"
    there, back = arrows(Example(name="x", rows=rows))
    assert (there.source, there.target, there.label) == ("A", "B", "2 payments, 15.50 EUR")
    assert back.label == "7.00 EUR"


def test_of_a_crowd_the_nearest_are_drawn_and_the_others_counted() -> None:
    crowd = "".join(f"2026-03-02 | {number}.00 | P-{number} | HUB\n" for number in range(1, 41))
    drawing = draw(Example(name="<crowd>", rows=HEADER + crowd + "2026-03-01 | 1.00 | Y | Z\n", flags=("HUB",)))
    assert f"not drawn: {43 - MOST_BOXES} accounts, {41 - (MOST_BOXES - 1)} payments" in drawing
    assert "&lt;crowd&gt;" in drawing
    assert ">HUB<" in drawing
    assert ">Y<" not in drawing


def test_pages_of_detectors_that_are_gone_are_taken_away_and_other_files_stay(
    tmp_path: Path, detectors: tuple[Detector, ...]
) -> None:
    (tmp_path / "gone.md").write_text(f"<!-- {pages.MARK} -->")
    (tmp_path / "mine.md").write_text("my own")
    pages.write(detectors[:1], tmp_path)
    first = detectors[0].meta.id
    assert {path.name for path in tmp_path.iterdir()} == {"mine.md", "README.md", f"{first}.md", f"{first}.svg"}
