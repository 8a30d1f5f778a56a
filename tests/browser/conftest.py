"""The pages in a real browser: Debian's Chromium, driven by Playwright, against one server on this machine for all tests.

Every visit is watched. When a test ends, nothing may have been said in the console, asked of another origin, put into the
browser's storage or, of an account, into an address; and every page must have come under the whole policy for scripts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from support.serving import serving
from support.worlds import World, make_candidate, opened_world

from schemas.canonical import digest_file
from service.runs.outputs import bodies_of, write_alerts

ALERTS = 60
NAME = "ACC-"
"""How the accounts of the small world begin. Nothing of them may stand in an address."""
POLICY = ("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'")
_HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_country,to_country\n"


def chromium() -> str:
    """Where Chromium is. A test is skipped where it is not, and fails on CI, which installs it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        told = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return found


@dataclass
class Watched:
    """What happened in a browser while a test had it."""

    origin: str
    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    policies: list[tuple[str, str]] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", self._request)
        page.on("response", self._response)

    def _request(self, request: Request) -> None:
        self.asked.append(unquote(request.url))

    def _response(self, response: Response) -> None:
        if response.request.resource_type == "document" and response.status < 300:
            self.policies.append((response.url, response.headers.get("content-security-policy", "")))

    def judge(self) -> None:
        """What must hold of every visit."""
        assert not [text for text in self.console if "status of 4" not in text], "the console stays empty"
        assert all(url.startswith((f"{self.origin}/", "data:,")) for url in self.asked), "no request leaves the origin"
        assert not [url for url in self.asked if NAME in url], "no account stands in an address"
        for url, policy in self.policies:
            assert {*POLICY} <= {*policy.split("; ")}, url


@dataclass
class Place:
    """A server over a small world, and a browser to visit it with."""

    world: World
    origin: str
    browser: Browser

    @contextmanager
    def visit(
        self, account: str | None = "analyst", *, language: str = "en", theme: str = "light", **context: Any
    ) -> Iterator[Page]:
        """A page of a fresh browser, signed in; what it did is judged at the end."""
        opened: BrowserContext = self.browser.new_context(base_url=self.origin, **context)
        cookies = {"language": language, "theme": theme}
        if account is not None:
            cookies["thalweg"], _ = self.world.app.state.office.gate.sessions.open(account)
        opened.add_cookies([{"name": name, "value": value, "url": self.origin} for name, value in cookies.items()])
        watched = Watched(self.origin)
        page = opened.new_page()
        watched.watch(page)
        try:
            yield page
            if context.get("java_script_enabled", True) and page.url.startswith(self.origin):
                assert page.evaluate("localStorage.length + sessionStorage.length") == 0, "no storage is used"
            watched.judge()
        finally:
            opened.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    with opened_world(tmp_path_factory.mktemp("browser"), secure_cookies=False) as world:
        fill(world, ALERTS)
        with serving(world.app) as origin:
            yield world, origin


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A browser before the world. It ends with its file: it leaves an event loop running, in which other tests could start none."""
    path = chromium()
    world, address = request.getfixturevalue("served")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield Place(world, address, browser)
        browser.close()


def fill(world: World, count: int) -> list[str]:
    """So many alerts of one run, each on an account of its own with two payments as evidence; best first."""
    number = len(world.house.runs.all()) + 1
    lines, candidates = [], []
    for each in range(count):
        key = 10_000 * number + each
        for payment in (1, 2):
            lines.append(
                f"B-{key}-{payment},2026-03-0{payment}T10:00:00Z,transfer,{9_000 + each}.50,EUR,{NAME}P{key},{NAME}{key},KE,AE"
            )
        changed = {"score": 60_000 + 500 * each, "severity": ("low", "medium", "high", "critical")[each % 4]}
        candidates.append((key, changed))
    batch = world.submit("bank-a", (_HEADER + "\n".join(lines) + "\n").encode())["batch"]
    made = [make_candidate(key, batch, (f"B-{key}-1", f"B-{key}-2")) | changed for key, changed in candidates]
    run = f"r_b{number:015x}"
    folder: Path = world.house.home.run(run)
    folder.mkdir()
    write_alerts(folder / "alerts.parquet", made, bodies_of(made))
    told = {"run": run, "status": "finished", "findings": count, "alerts": count, "seconds": "0.1", "detectors": []}
    told |= {"digest": "0" * 64, "exact_digest": "0" * 64, "manifest": "0" * 64}
    files = {"alerts.parquet": digest_file(folder / "alerts.parquet")}
    world.house.record("run.finished", told | {"files": files}, actor="operator", role="operator", object=run)
    return [f"a_{each['key'][:20]}" for each in reversed(made)]
