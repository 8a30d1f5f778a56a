"""The largest picture of flows in Chromium: how long until the last day is painted, and with every row of the table changed.

python tests/benchmarks/flow_picture.py [--times 9]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright
from support.flow_alerts import large_flow_alert
from support.serving import serving
from support.worlds import opened_world

DRAWN = """async () => {
  const slider = document.getElementById("flow-days"), canvas = document.getElementById("flow-canvas");
  const held = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const go = async (day) => {
    slider.value = day;
    slider.dispatchEvent(new Event("input"));
    const started = performance.now();
    await new Promise(requestAnimationFrame);
    held.drawImage(canvas, 0, 0, 1, 1);
    const painted = held.getImageData(0, 0, 1, 1).data[3] && document.body.offsetHeight;
    return painted && performance.now() - started;
  };
  await go(0);
  const all = await go(slider.max);
  return [await go(slider.max), all];
}"""
"""Milliseconds until the picture of the last day is painted; and from the first day to the last with every row of the table."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as home, opened_world(Path(home), secure_cookies=False) as world:
        alert = large_flow_alert(world)
        with serving(world.app) as origin, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            visit = browser.new_context(base_url=origin)
            session, _ = world.app.state.office.gate.sessions.open("analyst")
            visit.add_cookies([{"name": "thalweg", "value": session, "url": origin}])
            page = visit.new_page()
            page.goto(f"/alerts/{alert}/flow")
            page.wait_for_selector("[data-drawn]")
            taken = [page.evaluate(DRAWN) for _ in range(times)]
            browser.close()
    for said, some in zip(("picture (bar 150 ms)", "with the table"), zip(*taken, strict=True), strict=True):
        print(
            f"500 accounts, 1,500 movements, {said}: median {statistics.median(some):.0f} ms, least {min(some):.0f} ms"
        )


if __name__ == "__main__":
    main()
