"""The application as a table of contents: what it opens, what stands before every route, which routes there are, how errors go."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import httpx2
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from service.access.away import Away
from service.access.gate import Gate
from service.access.provider import Provider, Registration, client_secret
from service.access.sessions import Sessions
from service.admission import Catalogues
from service.house import House, open_house, utc_now
from service.http import (
    admin,
    analyst,
    auditor,
    cases,
    comparing,
    detectors,
    entities,
    errors,
    flows,
    formats,
    handling,
    learning,
    mission,
    naming,
    observed,
    own,
    quotas,
    references,
    tuning,
    uploads,
)
from service.http.deps import Office
from service.http.described import describe_problems
from service.http.figures import Figures
from service.http.observed import Observed
from service.http.searches import Searches
from service.http.shield import Shield
from service.http.work import Work
from service.journal.keys import receipt_key
from service.settings import Settings
from service.uploads.queue import Queue
from service.uploads.store import Uploads
from service.uploads.turns import Turns
from service.web import auditing, beside, desk, door, guide, queue, records, red, sign_on, trails
from service.web import cases as case_pages
from service.web import detectors as catalogue_pages
from service.web import entities as entity_pages
from service.web import learning as learning_page
from service.web import own as own_page
from service.web import tuning as tuning_pages
from service.web.pages import NotSignedIn, Unfinished, error_page, to_own_account, to_sign_in

ABOUT = """Partners submit batches of transactions and get signed receipts; analysts review explained alerts; auditors replay runs.

Every error is a problem document (RFC 9457) whose `type` is stable. Every act is an entry in the journal: no entry, no act.
"""


def create_app(settings: Settings, house: House | None = None, *, operator_token: str | None = None) -> FastAPI:
    """The application over a house that is open, or over the one that it opens at the start and closes at the end.

    Whoever shows `operator_token`, where there is one, is the operator: see `service.access.operator`.
    """

    figures = Figures()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            opened = house or stack.enter_context(open_house(settings, spare_cores=1))
            app.state.office = open_office(settings, opened, operator_token=operator_token, figures=figures)
            app.state.office.queue.resume()
            yield
            app.state.office.queue.close(seconds=20)
            app.state.office.work.settle(seconds=20)

    app = FastAPI(
        title="Thalweg",
        version="0.1.0",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Shield, largest_submission=settings.max_upload_bytes)
    app.add_middleware(Observed, figures=figures, log_requests=settings.log_requests)

    for routes in (
        mission,
        uploads,
        formats,
        quotas,
        analyst,
        cases,
        entities,
        detectors,
        tuning,
        learning,
        flows,
        comparing,
        auditor,
        references,
        admin,
        own,
        handling,
        naming,
        observed,
    ):
        app.include_router(routes.router)
    app.include_router(admin.health)
    for pages in (
        door,
        queue,
        desk,
        beside,
        case_pages,
        catalogue_pages,
        tuning_pages,
        learning_page,
        entity_pages,
        trails,
        auditing,
        records,
        red,
        own_page,
        guide,
        sign_on,
    ):
        app.include_router(pages.router)

    errors.install(app, error_page)
    app.add_exception_handler(NotSignedIn, to_sign_in)
    app.add_exception_handler(Unfinished, to_own_account)
    app.openapi = describe_problems(app)  # type: ignore[method-assign]
    return app


def open_office(
    settings: Settings, house: House, *, operator_token: str | None = None, figures: Figures | None = None
) -> Office:
    """What the routes share, over one house."""
    sessions = Sessions(settings.session_idle_seconds, time.monotonic)
    arriving = Uploads(house.home, utc_now, largest=settings.max_upload_bytes, reserve=settings.reserve_bytes)
    return Office(
        settings=settings,
        house=house,
        gate=Gate(
            house.accounts,
            sessions,
            house.record,
            time.monotonic,
            factors=house.factors,
            factor_roles=settings.second_factor_roles,
            operator_token=operator_token,
            requests_per_minute=settings.requests_per_minute,
        ),
        signing=receipt_key(house.home.keys),
        work=Work(house),
        catalogue=Catalogues(settings.rule_directories, house.home).current,
        uploads=arriving,
        turns=Turns(),
        queue=Queue(house, arriving),
        searches=Searches(),
        away=Away(time.monotonic),
        figures=figures or Figures(),
        provider=open_provider(settings, house),
    )


def open_provider(settings: Settings, house: House) -> Provider | None:
    """The provider of single sign-on, where the settings name one."""
    if not settings.oidc_issuer:
        return None
    registration = Registration(
        issuer=settings.oidc_issuer,
        client=settings.oidc_client,
        claim=settings.oidc_claim,
        back=f"{settings.public_address}/sign-in/provider/back",
        secret=client_secret(house.home.keys),
    )
    return Provider(registration, httpx2.Client(trust_env=False, timeout=10, follow_redirects=False), utc_now)
