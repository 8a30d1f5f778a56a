"""What the operator may know of requests: how many, how long, how they ended, by route; and an id by which one is found again.

Never who asked, from where, or for what: a route is named by its pattern, and an id that a client sends is not believed.
"""

from __future__ import annotations

import secrets
import shutil
import time

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.deps import MetricsReader, Office
from service.http.figures import Figures

router = APIRouter(prefix="/v1", tags=["health"])
log = structlog.get_logger("thalweg.requests")


class Observed:
    """Middleware: an id for each request, in its answer and in every line of the log; and its figures."""

    def __init__(self, app: ASGIApp, *, figures: Figures, log_requests: bool) -> None:
        self._app, self._figures, self._log_requests = app, figures, log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id, began, status = secrets.token_hex(8), time.monotonic(), 500  # noqa: A001 - what it is called in the log

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = id
            await send(message)

        with structlog.contextvars.bound_contextvars(request=id):
            try:
                await self._app(scope, receive, named)
            finally:
                seconds, route = time.monotonic() - began, route_of(scope)
                self._figures.note(scope["method"], route, status, seconds)
                if self._log_requests:
                    took = round(seconds * 1000)
                    log.info("request", method=scope["method"], route=route, status=status, milliseconds=took)


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered, as `/v1/alerts/{alert}`; `none` where there is no such route."""
    return str(getattr(scope.get("route"), "path", "none"))


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
def metrics(caller: MetricsReader) -> Response:
    """The figures of this service as Prometheus reads them: requests by route, the journal, the queue, the volume."""
    office = caller.office
    text = generate_latest(office.figures.registry) + _now(office)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _now(office: Office) -> bytes:
    """What stands at this moment, in a registry that lasts for one answer."""
    house = office.house
    told = {
        "journal_entries": ("Entries of the journal.", house.journal.size),
        "storage_failed": ("1 where journal or ledger can take nothing more.", int(house.failed is not None)),
        "volume_free_bytes": (
            "Bytes free on the volume of the data directory.",
            shutil.disk_usage(house.home.root).free,
        ),
        "sessions": ("Browsers that are signed in.", office.gate.sessions.count()),
    }
    once = CollectorRegistry()
    once.register(_Gauges(told))
    return generate_latest(once)


class _Gauges(Collector):
    def __init__(self, told: dict[str, tuple[str, int]]) -> None:
        self._told = told

    def collect(self) -> list[GaugeMetricFamily]:
        return [GaugeMetricFamily(f"thalweg_{name}", text, value=value) for name, (text, value) in self._told.items()]
