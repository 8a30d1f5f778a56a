"""The page on the API says what the API does: every problem type with its status, every call that matters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from schemas import errors
from schemas.errors import ThalwegError
from service.http.errors import status_of

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text("utf-8")


def _kinds(kind: type[ThalwegError] = ThalwegError) -> list[type[ThalwegError]]:
    return [kind, *(below for each in kind.__subclasses__() for below in _kinds(each))]


def test_every_problem_type_stands_there_with_its_status() -> None:
    rows = re.findall(r"^\| (`.*`) \| (\d{3}) \|$", TEXT, re.MULTILINE)
    told = {slug: int(status) for slugs, status in rows for slug in re.findall(r"`([a-z-]+)`", slugs)}
    for kind in _kinds():
        if kind.__module__ != errors.__name__:
            continue
        timed = issubclass(kind, errors.RateLimited | errors.Busy)
        error = kind("x", retry_seconds=1) if timed else kind("x")  # type: ignore[call-arg]
        assert told.get(kind.slug) == status_of(error), kind.slug


def test_every_call_that_it_names_is_there(world: Any) -> None:
    paths = set(world.program(None).get("/openapi.json").json()["paths"])
    named = {path.rstrip("/") for path in re.findall(r"`(?:GET|POST) (/v1/[a-z{}/-]+)`", TEXT)}
    assert {re.sub(r"\{\w+\}", "{}", path) for path in named} <= {re.sub(r"\{\w+\}", "{}", path) for path in paths}
