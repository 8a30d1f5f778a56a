"""What routes ask for by type: the house, the gate, and the caller with the permission that the route needs.

A route that names no permission has no caller; whoever calls shows a key or the cookie of a session, and with a cookie also
where the request comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from detectors.catalogue import Catalogue
from schemas.errors import NotAuthenticated
from service.access.away import Away
from service.access.gate import Gate
from service.access.operator import Operator
from service.access.provider import Provider
from service.access.roles import Actor, Permission, Person
from service.access.visibility import Scope, Sight, alerts
from service.handling import named
from service.house import House
from service.http.figures import Figures
from service.http.origin import client_of, comes_from_here
from service.http.searches import Searches
from service.http.streams import Streams
from service.http.work import Work
from service.journal.keys import SigningKey
from service.settings import Settings
from service.uploads.queue import Queue
from service.uploads.store import Uploads
from service.uploads.turns import Turns

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(auto_error=False, description="A key of an account: `thalweg_<id>_<secret>`.")
_cookie = APIKeyCookie(name="__Host-thalweg", auto_error=False, description="The session of a browser.")


@dataclass(frozen=True, slots=True)
class Office:
    """What the routes of one application share."""

    settings: Settings
    house: House
    gate: Gate
    signing: SigningKey
    work: Work
    catalogue: Callable[[], Catalogue]
    searches: Searches
    uploads: Uploads
    turns: Turns
    queue: Queue
    away: Away
    figures: Figures
    streams: Streams = field(default_factory=Streams)
    provider: Provider | None = None


@dataclass(slots=True)
class Shown:
    """The batches that what a caller is shown stands on; not all of them (`whole` false) where evidence was left out for its number."""

    batches: set[str] = field(default_factory=set)
    whole: bool = True

    def add(self, body: dict[str, Any]) -> None:
        """Add what an alert stands on."""
        self.batches |= {each["batch"] for each in body["evidence"]}
        self.whole = self.whole and not body.get("evidence_left_out", 0)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what they may see of the house."""

    person: Person
    office: Office
    token: str | None
    shown: Shown = field(default_factory=Shown)

    @property
    def actor(self) -> Actor:
        return Actor.of(self.person)

    def label(self) -> str:
        """The strictest label of those whose data the caller has been shown with this request; empty for none."""
        shown = self.shown
        if not shown.batches and shown.whole:
            return ""
        return self.office.house.handling.of_batches(shown.batches, whole=shown.whole).tlp

    @property
    def withheld(self) -> frozenset[str]:
        """The alerts that nobody reads before people are named for them. The operator reads the files anyway."""
        recall = self.office.house.ledger.recall
        return frozenset() if isinstance(self.person, Operator) else named.unnamed(recall)

    @property
    def alerts(self) -> Scope:
        """The filter that every list, count and reading of alerts carries."""
        return alerts(self.person, withheld=self.withheld)

    @property
    def alerts_there(self) -> Scope:
        """The same with what is withheld: for those who name its people, and for what lies in a case that names them itself."""
        return alerts(self.person)

    @property
    def sight(self) -> Sight:
        """The ledger as they see it."""
        return Sight(self.office.house.ledger, self.person)


def office_of(request: Request) -> Office:
    """The office of the application that got this request."""
    office: Office = request.app.state.office
    return office


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds a cookie to this host and to TLS; browsers accept it on 127.0.0.1 as well."""
    return "__Host-thalweg" if settings.secure_cookies else "thalweg"


def caller_of(request: Request) -> Caller | None:
    """Who calls, by key or by session; None where neither is shown. Raises NotAuthenticated for a key that is not valid."""
    office = office_of(request)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        client = client_of(request, office.settings.trusted_proxies)
        person = office.gate.with_key(text.strip(), client)
        office.gate.count_request(person)
        return _remembered(request, Caller(person, office, None))
    token = request.cookies.get(cookie_name(office.settings))
    signed_in = office.gate.with_session(token) if token else None
    if signed_in is None or token is None:
        return None
    person = signed_in
    office.gate.count_request(person)
    if request.method not in SAFE_METHODS and not comes_from_here(request):
        office.gate.refuse(person, "a request that another site made", f"{request.method} {request.url.path}")
    return _remembered(request, Caller(person, office, token))


def _remembered(request: Request, caller: Caller) -> Caller:
    """The caller, whom the frame of a page asks for the label of what was shown."""
    request.state.caller = caller
    return caller


def needs(permission: Permission) -> Callable[..., Caller]:
    """A dependency: the caller, who has this permission. 401 for nobody, 403 (recorded) for somebody else."""

    def caller(request: Request, _key: object = Depends(_bearer), _session: object = Depends(_cookie)) -> Caller:
        found = caller_of(request)
        if found is None:
            raise NotAuthenticated("say who you are", remedy="Send a key as `Authorization: Bearer`, or sign in.")
        found.office.gate.require(found.person, permission, f"{request.method} {request.url.path}")
        return found

    caller.permission = permission  # type: ignore[attr-defined]
    return caller


OfficeOf = Annotated[Office, Depends(office_of)]
Submitter = Annotated[Caller, Depends(needs("batches.submit"))]
BatchReader = Annotated[Caller, Depends(needs("batches.read"))]
AlertReader = Annotated[Caller, Depends(needs("alerts.read"))]
Reviewer = Annotated[Caller, Depends(needs("alerts.act"))]
Follower = Annotated[Caller, Depends(needs("flows.follow"))]
Restrictor = Annotated[Caller, Depends(needs("alerts.restrict"))]
SampleReader = Annotated[Caller, Depends(needs("alerts.sample"))]
RunReader = Annotated[Caller, Depends(needs("runs.read"))]
RunStarter = Annotated[Caller, Depends(needs("runs.start"))]
Replayer = Annotated[Caller, Depends(needs("runs.replay"))]
DetectorReader = Annotated[Caller, Depends(needs("detectors.read"))]
DetectorTrier = Annotated[Caller, Depends(needs("detectors.try"))]
ReferenceReader = Annotated[Caller, Depends(needs("references.read"))]
ReferenceKeeper = Annotated[Caller, Depends(needs("references.load"))]
DetectorProposer = Annotated[Caller, Depends(needs("detectors.propose"))]
DetectorDecider = Annotated[Caller, Depends(needs("detectors.decide"))]
StatisticsReader = Annotated[Caller, Depends(needs("statistics.read"))]
LearningReader = Annotated[Caller, Depends(needs("learning.read"))]
LearningProposer = Annotated[Caller, Depends(needs("learning.propose"))]
LearningPromoter = Annotated[Caller, Depends(needs("learning.promote"))]
JournalReader = Annotated[Caller, Depends(needs("journal.read"))]
AccountKeeper = Annotated[Caller, Depends(needs("accounts.manage"))]
Exporter = Annotated[Caller, Depends(needs("alerts.export"))]
Consenter = Annotated[Caller, Depends(needs("handling.consent"))]
MetricsReader = Annotated[Caller, Depends(needs("metrics.read"))]
Owner = Annotated[Caller, Depends(needs("account.own"))]
