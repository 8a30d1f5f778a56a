"""Single sign-on in the browser: out to the provider, and back in. A browser proves by a cookie that it is the one that left.

The cookie of the way out is `Lax`, since the way back begins at another site; the session's is `Strict`, so the last step is a page
of ours that leads on by itself: a redirect would still count as the other site's.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from schemas.errors import HomeUnavailable, NotAuthenticated, NotFound, RateLimited, ThalwegError
from service.access.away import SECONDS
from service.access.provider import Provider
from service.http.deps import Office, OfficeOf, cookie_name
from service.http.errors import status_of
from service.http.origin import client_of
from service.web.door import keep_session
from service.web.language import choose
from service.web.pages import first_place, go, render
from service.web.told import told_whole

router = APIRouter(prefix="/sign-in/provider", include_in_schema=False)


@router.get("")
def leave(office: OfficeOf) -> Response:
    """Send a browser to the provider."""
    begun = _provider(office).begin()
    answer = go(begun.address)
    answer.set_cookie(
        _cookie(office), office.away.leave(begun), max_age=SECONDS, path="/",
        secure=office.settings.secure_cookies, httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/back")
def come_back(
    request: Request,
    office: OfficeOf,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=256)] = "",
) -> Response:
    """Let in whom the provider has named, where an account here is linked to them."""
    provider, client = _provider(office), client_of(request, office.settings.trusted_proxies)
    begun = office.away.come_back(request.cookies.get(_cookie(office), ""))
    try:
        if begun is None or not code:
            raise NotAuthenticated("the sign-on took too long, or was broken off", remedy="Begin again.")
        identity = provider.finish(begun, code=code, state=state)
        token, person = office.gate.sign_in_elsewhere(identity, client)
    except (NotAuthenticated, HomeUnavailable, RateLimited) as error:
        return _refused(request, office, error)
    answer = render(request, "signed_on.html", None, place=first_place(person))
    keep_session(answer, office, token)
    _forget(answer, office)
    return answer


def _refused(request: Request, office: Office, error: ThalwegError) -> Response:
    language = choose(request.cookies.get("language"), request.headers.get("accept-language"))
    why = told_whole(error.why, error.remedy, language)
    answer = render(request, "not_signed_on.html", None, status=status_of(error), why=why)
    _forget(answer, office)
    return answer


def _provider(office: Office) -> Provider:
    if office.provider is None:
        raise NotFound("there is no single sign-on here", remedy="Sign in with a password.")
    return office.provider


def _cookie(office: Office) -> str:
    return f"{cookie_name(office.settings)}-away"


def _forget(answer: Response, office: Office) -> None:
    answer.delete_cookie(
        _cookie(office), path="/", secure=office.settings.secure_cookies, httponly=True, samesite="lax"
    )
