"""The service is as its description says, for every route and role: requests made from the document, answers held to it.

Every example is drawn with a fixed seed; THALWEG_TEST_EXAMPLES says how many each route gets (10).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

schemathesis.serializer.alias("application/partial-upload", "application/octet-stream")
SEED = 20260301
NOT_HELD = [positive_data_acceptance]
"""A request may fit its schema and be refused all the same: a file with no row in it, a login that is taken, a move that is not
in the table. The other checks all hold."""
CALLERS = ("analyst", "supervisor", "auditor", "admin", "bank-a", None)


@pytest.fixture
def ask(world: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None, int], list[str]]:
    """Ask every route as one caller, with so many examples each; what was not as described, by route."""
    gate = world.app.state.office.gate
    for limiter in (gate._refusals, gate._reads, gate._by_login, gate._by_client, gate._requests):
        monkeypatch.setattr(limiter, "_times", 10**9)

    def asking(account: str | None, examples: int) -> list[str]:
        config = SchemathesisConfig.from_dict({"seed": SEED})
        schema = schemathesis.openapi.from_dict(world.app.openapi(), config=config)
        headers = {"authorization": f"Bearer {world.keys[account]}"} if account else {}
        failed = []
        schema.app = _already_up(world.app)
        with asgi.get_client(schema.app, max_stream_events=2) as client:
            for result in schema.get_all_operations():
                failed += _try(result.ok(), client, headers, examples)
        return failed

    return asking


def _already_up(app: Any) -> Any:
    """The application without its start and end: it stands, and what opens it here must not close it."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for done in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": done})

    return call


def _try(operation: Any, client: Any, headers: dict[str, str], examples: int) -> list[str]:
    found = {}

    @seed(SEED)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def each(case: Any) -> None:
        response = case.call(session=client, headers=headers)
        try:
            case.validate_response(response, headers=headers, excluded_checks=NOT_HELD)
        except FailureGroup as group:
            for failure in group.exceptions:
                told = f"{operation.label}: {response.status_code} {failure} {case.as_curl_command()[:300]}"
                found[f"{operation.label}: {failure.title}"] = told

    each()
    return list(found.values())


@pytest.mark.slow
@pytest.mark.parametrize("account", CALLERS)
def test_every_answer_to_every_role_is_as_described(ask: Any, account: str | None) -> None:
    failed = ask(account, int(os.environ.get("THALWEG_TEST_EXAMPLES", "10")))
    assert not failed, "\n\n".join(failed)
