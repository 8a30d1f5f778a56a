"""The pictures of the documentation, taken anew from the demonstration: `make pictures`, or `python tests/browser/pictures.py HOME`.

HOME is a directory that `thalweg demo --no-serve` has filled; without one it is made first, which takes a minute. Nothing in a
picture is real: the world of the demonstration is invented. Reading it adds entries to its journal, as reading does.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.serving import serving

from service.app import create_app
from service.house import House, open_house
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COLOURS, WIDTH = 64, 1180


@dataclass(frozen=True, slots=True)
class Shot:
    """Who looks at which page, in which language, and how much of it is shown."""

    role: str
    address: str
    language: str = "en"
    height: int = 640
    width: int = WIDTH
    theme: str = "light"


PICTURES = {
    "queue": Shot("analyst", "/alerts?view=open"),
    "queue-ar": Shot("analyst", "/alerts?view=open", "ar"),
    "alert": Shot("analyst", "/alerts/{alert}?view=open", height=1000),
    "alert-narrow": Shot("analyst", "/alerts/{alert}?view=open", height=800, width=400, theme="dark"),
    "flow": Shot("analyst", "/alerts/{alert}/flow", height=700),
    "detector": Shot("analyst", "/detectors/{detector}", height=760),
    "setting": Shot("supervisor", "/detectors/cash-structuring/settings", height=700),
    "statistics": Shot("auditor", "/statistics", height=620),
    "submissions": Shot("partner", "/batches", "fr", 520),
    "submission": Shot("partner", "/batches/{batch}", height=520),
    "run": Shot("auditor", "/runs/{run}"),
    "journal": Shot("auditor", "/journal", height=480),
}


def main(home: Path) -> None:
    """Take every picture; print its size."""
    settings = Settings(home=home, secure_cookies=False)
    with open_house(settings) as house, sync_playwright() as playwright:
        app = create_app(settings, house)
        with TestClient(app), serving(app) as origin:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            names = _names(house)
            people = {each.role: each.account for each in reversed(house.accounts.all())}
            for picture, shot in PICTURES.items():
                token, _ = app.state.office.gate.sessions.open(people[shot.role])
                size = _keep(_taken(browser, origin, shot, token, names), ROOT / "docs" / "pictures" / f"{picture}.png")
                print(f"docs/pictures/{picture}.png: {size // 1024} KiB")
            browser.close()


def _names(house: House) -> dict[str, str]:
    """What the addresses name: the best alert, the last submission of the first partner, the last run."""
    ((alert, detectors),) = house.ledger.query(
        "select alert, detectors from standing_alerts where place = 'queue' order by score desc, alert limit 1"
    )
    people = [each for each in house.accounts.all() if each.role == "partner"]
    ((batch,),) = house.ledger.query(
        "select batch from batches where partner = ? order by seq desc limit 1", [people[0].partner]
    )
    return {"alert": alert, "detector": detectors[0], "batch": batch, "run": house.runs.all()[0]["run"]}


def _taken(browser: Browser, origin: str, shot: Shot, token: str, names: dict[str, str]) -> bytes:
    context = browser.new_context(base_url=origin, viewport={"width": shot.width, "height": shot.height})
    cookies = {"thalweg": token, "language": shot.language, "theme": shot.theme}
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
    page = context.new_page()
    answer = page.goto(shot.address.format(**names))
    if answer is None or not answer.ok:
        raise SystemExit(f"{shot.address} was answered {answer and answer.status}")
    taken = page.screenshot()
    context.close()
    return taken


def _keep(taken: bytes, path: Path) -> int:
    """Write a picture with few colours; its bytes."""
    path.parent.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="thalweg-pictures-") as made:
            filled = Path(made) / "home"
            thalweg = str(Path(sys.executable).with_name("thalweg"))
            subprocess.run([thalweg, "demo", "--no-serve", "--home", str(filled)], check=True)
            main(filled)
