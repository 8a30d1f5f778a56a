"""How a page is made: the frame around it, the templates, and the answers to errors and to a browser that is not signed in.

A page never holds a script in itself, works without the one it loads, never names a person in its address, and is never
kept by a cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from service.access.roles import Permission, Person
from service.http.deps import Caller, caller_of
from service.http.errors import Problem
from service.web import words
from service.web.language import LANGUAGES, catalogue, choose, direction, drafted, prose_language
from service.web.told import told

FOLDER = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
THEMES = ("", "light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the main menu."""

    address: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every page."""

    language: str
    languages: dict[str, str]
    direction: str
    drafted: bool
    theme: str
    keys: bool
    person: Person | None
    here: str
    notice: str
    places: tuple[Place, ...]
    tlp: str = ""
    """The strictest label of those whose data the page shows."""


class NotSignedIn(Exception):
    """A page was asked for by nobody."""


class Unfinished(Exception):
    """A page was asked for by somebody who has to choose a password or take up a second factor first."""


_PLACES: tuple[tuple[str, str, Permission], ...] = (
    ("/alerts", words.mark("Alerts"), "alerts.read"),
    ("/cases", words.mark("Cases"), "cases.read"),
    ("/entities", words.mark("Look up"), "entities.read"),
    ("/red", words.mark("RED"), "alerts.restrict"),
    ("/batches", words.mark("Submissions"), "batches.read"),
    ("/runs", words.mark("Runs"), "runs.read"),
    ("/detectors", words.mark("Detectors"), "detectors.read"),
    ("/journal", words.mark("Journal"), "journal.read"),
    ("/accounts", words.mark("Accounts"), "accounts.manage"),
)
_FIRST = {
    "partner": "/batches",
    "analyst": "/alerts",
    "supervisor": "/alerts",
    "auditor": "/runs",
    "admin": "/accounts",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a browser may keep for ever: its address names its content."""

    address: str
    content: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """The style sheet and the scripts, by name."""
    found = {}
    for path in sorted((FOLDER / "static").iterdir()):
        content = path.read_bytes()
        address = f"/static/{hashlib.sha256(content).hexdigest()[:16]}/{path.name}"
        found[path.name] = Asset(address, content, MEDIA_TYPES[path.suffix])
    return found


def address_of(name: str) -> str:
    """The address of a file of `static/`."""
    return assets()[name].address


@cache
def environment(language: str) -> Environment:
    """The templates in one language: escaped, and strict about what they name."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "severity_words": words.SEVERITY,
        "state_words": words.STATE,
        "role_words": words.PERSON_ROLE,
        "status_words": words.STATUS,
        "kind_words": words.KIND,
        "short_status": words.SHORT_STATUS,
        "figure_titles": words.FIGURES,
        "decide_words": words.DECIDE,
        "sort_words": words.SORT,
        "entry_words": words.ENTRY,
        "actor_words": words.ACTOR_ROLE,
        "bars": words.BARS,
        "address_of": address_of,
        "prose": _said_in(language),
        "isolated": isolated if direction(language) == "rtl" else str,
    }
    return made


def isolated(text: object) -> str:
    """A text within a sentence that runs the other way, between marks (FSI, PDI) that keep its own direction."""
    return f"\u2068{text}\u2069"


def _said_in(language: str) -> Markup:
    """What an element says of itself that holds a text of a detector, where that is not in the language of the page."""
    said = prose_language(language)
    return Markup("" if said == language else f' lang="{said}" dir="{direction(said)}"')  # noqa: S704 - codes of ours


def language_of(request: Request) -> str:
    """The language to answer in."""
    return choose(request.cookies.get("language"), request.headers.get("accept-language"))


def first_place(person: Person) -> str:
    """Where somebody begins; who owes something, there."""
    return "/account" if person.owes else _FIRST[person.role]


def render(
    request: Request, template: str, person: Person | None, *, status: int = 200, notice: str = "", **context: Any
) -> HTMLResponse:
    """A page in the language and theme of the reader."""
    language, theme = language_of(request), request.cookies.get("theme", "")
    path = request.url.path
    frame = Frame(
        language=language,
        languages=LANGUAGES,
        direction=direction(language),
        drafted=drafted(language),
        theme=theme if theme in THEMES else "",
        keys=request.cookies.get("keys") != "off",
        person=person,
        here=local(path + (f"?{request.url.query}" if request.url.query else "")) if request.method == "GET" else "/",
        notice=words.NOTICE.get(notice or request.query_params.get("notice", ""), ""),
        places=tuple(
            Place(address, label, path == address or path.startswith(f"{address}/"))
            for address, label, permission in _PLACES
            if person is not None and person.may(permission)
        ),
        tlp=caller.label() if (caller := getattr(request.state, "caller", None)) is not None else "",
    )
    text = environment(language).get_template(template).render(frame=frame, **context)
    return HTMLResponse(text, status)


def error_page(request: Request, problem: Problem) -> Response:
    """A problem as a page."""
    return render(request, "error.html", None, status=problem.status, page=Shown.of(problem, language_of(request)))


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as a page shows it."""

    status: int
    type: str
    why: str
    remedy: str

    @classmethod
    def of(cls, problem: Problem, language: str) -> Shown:
        kind = problem.type.rpartition("/")[2]
        return cls(problem.status, kind, told(problem.detail, language), told(problem.remedy or "", language))


def signed_in(permission: Permission) -> Callable[[Request], Caller]:
    """A dependency: the caller of a page, with this permission. Nobody is led to the sign-in page."""

    def caller(request: Request) -> Caller:
        found = caller_of(request)
        if found is None:
            raise NotSignedIn
        if found.person.owes and permission != "account.own":
            raise Unfinished
        found.office.gate.require(found.person, permission, f"{request.method} {request.url.path}")
        return found

    caller.permission = permission  # type: ignore[attr-defined]
    return caller


def anybody(request: Request) -> Caller:
    """A dependency: the caller of a page that everybody who is signed in may see."""
    found = caller_of(request)
    if found is None:
        raise NotSignedIn
    return found


Anybody = Annotated[Caller, Depends(anybody)]


def to_sign_in(request: Request, _error: Exception) -> Response:
    """Lead a browser that is not signed in to the sign-in page; one whose session ended is told so."""
    cookies = {name for name in request.cookies if name.endswith("thalweg")}
    return go("/sign-in", notice="ended" if cookies else "")


def to_own_account(_request: Request, _error: Exception) -> Response:
    """Lead somebody to what they have to do first."""
    return go("/account")


def go(address: str, **query: str) -> RedirectResponse:
    """See another page, with what is not empty of `query` added to its address."""
    added = urlencode({name: value for name, value in query.items() if value})
    joint = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}{added}" if added else address, 303)


def local(address: str) -> str:
    """An address on this host as it is; the start page in place of any other."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if plain and not parts.scheme and not parts.netloc else "/"
