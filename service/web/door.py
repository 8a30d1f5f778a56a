"""The door: signing in and out, the choice of language and theme, the style sheet, and the description of the API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from schemas.errors import AccessDenied, NotAuthenticated, NotFound, RateLimited
from service.access.gate import STEP_SECONDS
from service.access.roles import Person
from service.http.deps import Office, OfficeOf, caller_of, cookie_name
from service.http.origin import client_of, comes_from_here
from service.settings import Settings
from service.web.language import LANGUAGES
from service.web.pages import THEMES, Anybody, assets, first_place, go, local, render

router = APIRouter(include_in_schema=False)
_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in page: what was typed as the login, and what went wrong."""

    account: str = ""
    failed: bool = False
    wait: int = 0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One route as the page on the API describes it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str], ...]
    body: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Docs:
    groups: tuple[Group, ...]


@router.get("/")
def start(request: Request) -> RedirectResponse:
    """Lead everybody to where their work is."""
    found = caller_of(request)
    return go("/sign-in" if found is None else first_place(found.person))


@router.get("/sign-in")
def sign_in_page(request: Request, office: OfficeOf) -> HTMLResponse:
    return render(request, "sign_in.html", None, page=SignIn(elsewhere=office.provider is not None))


@router.post("/sign-in")
def sign_in(
    request: Request,
    office: OfficeOf,
    account: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=256)],
) -> Response:
    """Open a session. Why it failed is not told."""
    if not comes_from_here(request):
        raise AccessDenied("another site made this request", remedy="Open the sign-in page here.")
    try:
        client = client_of(request, office.settings.trusted_proxies)
        token, person = office.gate.sign_in(account.strip().lower(), password, client)
    except NotAuthenticated:
        return render(request, "sign_in.html", None, status=401, page=SignIn(account, failed=True))
    except RateLimited as error:
        shown = render(request, "sign_in.html", None, status=429, page=SignIn(account, wait=error.retry_seconds))
        shown.headers["retry-after"] = str(error.retry_seconds)
        return shown
    if person is None:
        return _keep(go("/sign-in/code"), office, step_cookie(office.settings), token, seconds=STEP_SECONDS)
    return _let_in(office, token, person)


@router.get("/sign-in/code")
def code_page(request: Request, office: OfficeOf) -> Response:
    """Ask for the code of a sign-in that waits for one."""
    if step_cookie(office.settings) not in request.cookies:
        return go("/sign-in")
    return render(request, "second_step.html", None, page=SignIn())


@router.post("/sign-in/code")
def second_step(request: Request, office: OfficeOf, code: Annotated[str, Form(max_length=40)]) -> Response:
    """Open the session of a sign-in that waits for its code."""
    if not comes_from_here(request):
        raise AccessDenied("another site made this request", remedy="Open the sign-in page here.")
    waiting = request.cookies.get(step_cookie(office.settings), "")
    try:
        token, person = office.gate.second_step(waiting, code, client_of(request, office.settings.trusted_proxies))
    except NotAuthenticated:
        if not office.gate.waits(waiting):
            return go("/sign-in", notice="ended")
        return render(request, "second_step.html", None, status=401, page=SignIn(failed=True))
    except RateLimited as error:
        shown = render(request, "second_step.html", None, status=429, page=SignIn(wait=error.retry_seconds))
        shown.headers["retry-after"] = str(error.retry_seconds)
        return shown
    answer = _let_in(office, token, person)
    _drop(answer, office, step_cookie(office.settings))
    return answer


@router.post("/sign-out")
def sign_out(caller: Anybody) -> Response:
    """End the session."""
    if caller.token is not None:
        caller.office.gate.sign_out(caller.token, caller.person)
    answer = go("/sign-in", notice="signed-out")
    _drop(answer, caller.office, cookie_name(caller.office.settings))
    return answer


def step_cookie(settings: Settings) -> str:
    """The cookie of a sign-in that waits for its second step."""
    return f"{cookie_name(settings)}-step"


def keep_session(answer: Response, office: Office, token: str) -> Response:
    """Put a session into the browser."""
    return _keep(answer, office, cookie_name(office.settings), token)


def _let_in(office: Office, token: str, person: Person) -> Response:
    place = first_place(person)
    if not person.owes and _is_new(office, person):
        place = "/guide"
    return keep_session(go(place), office, token)


def _is_new(office: Office, person: Person) -> bool:
    """Whether this session is the first of the account: then the first steps are shown before anything else."""
    opened = "select count(*) from entries where type = 'session.opened' and actor = ?"
    ((sessions,),) = office.house.ledger.query(opened, [person.account])
    return int(sessions) <= 1


def _keep(answer: Response, office: Office, name: str, token: str, *, seconds: int | None = None) -> Response:
    answer.set_cookie(
        name, token, max_age=seconds, path="/", secure=office.settings.secure_cookies, httponly=True, samesite="strict"
    )
    return answer


def _drop(answer: Response, office: Office, name: str) -> None:
    answer.delete_cookie(name, path="/", secure=office.settings.secure_cookies, httponly=True, samesite="strict")


@router.post("/preferences")
def preferences(
    office: OfficeOf,
    language: Annotated[str, Form(max_length=8)] = "",
    theme: Annotated[str, Form(max_length=8)] = "",
    keys: Annotated[str, Form(max_length=8)] = "",
    back: Annotated[str, Form(max_length=2048)] = "/",
) -> Response:
    """Keep the choice of language, theme and single keys in the browser; the server keeps nothing."""
    answer = go(local(back))
    for name, value, known in (
        ("language", language, tuple(LANGUAGES)),
        ("theme", theme, THEMES),
        ("keys", keys, ("on", "off")),
    ):
        if value in known and (value or (name == "theme" and language)):
            answer.set_cookie(
                name,
                value,
                max_age=_YEAR,
                path="/",
                secure=office.settings.secure_cookies,
                httponly=True,
                samesite="lax",
            )
    return answer


@router.get("/static/{digest}/{name}")
def static(digest: str, name: str) -> Response:
    """The style sheet or a script, under an address that names its content, so that it can be kept for ever."""
    found = assets().get(name)
    if found is None or f"/static/{digest}/{name}" != found.address:
        raise NotFound("no such file")
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(found.content, media_type=found.media_type, headers=kept)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The API as a page, made of the same document that machines read."""
    found = caller_of(request)
    return render(request, "docs.html", found.person if found else None, page=_described(request.app.openapi()))


def _described(document: dict[str, Any]) -> Docs:
    groups: dict[str, list[Call]] = {}
    for path, calls in document["paths"].items():
        for method, told in calls.items():
            groups.setdefault(told["tags"][0], []).append(_call(document, method.upper(), path, told))
    return Docs(tuple(Group(name, tuple(calls)) for name, calls in groups.items()))


def _call(document: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> Call:
    parameters = tuple(
        (each["name"], each.get("description") or each.get("schema", {}).get("description", ""))
        for each in told.get("parameters", ())
        if each["in"] != "cookie"
    )
    body = ""
    for content in told.get("requestBody", {}).get("content", {}).values():
        body = content.get("example") or _example(document, content.get("schema", {}))
        break
    answers = tuple(
        (status, answer.get("description", ""), _answer_example(document, answer))
        for status, answer in told["responses"].items()
    )
    return Call(method, path, told.get("summary", ""), told.get("description", ""), parameters, body, answers)


def _answer_example(document: dict[str, Any], answer: dict[str, Any]) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return _example(document, schema) if schema else ""


def _example(document: dict[str, Any], schema: dict[str, Any]) -> str:
    made = _value(document, schema, 0)
    return json.dumps(made, indent=2, ensure_ascii=False) if made not in (None, {}) else ""


def _value(document: dict[str, Any], schema: dict[str, Any], depth: int) -> Any:  # noqa: PLR0911 - one return a kind
    """An example of a schema: the ones that it gives, put together."""
    if depth > 6:
        return None
    if reference := schema.get("$ref"):
        return _value(document, document["components"]["schemas"][reference.rpartition("/")[2]], depth + 1)
    if examples := schema.get("examples"):
        return examples[0]
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    if options := schema.get("anyOf"):
        return _value(document, options[0], depth + 1)
    kind = schema.get("type")
    if kind == "object":
        return {name: _value(document, one, depth + 1) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [_value(document, schema.get("items", {}), depth + 1)]
    return {"string": "…", "integer": 1, "boolean": True}.get(str(kind))
