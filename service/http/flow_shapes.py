"""What is asked and told over HTTP when money is followed and flows are drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from service.flows.around import Around, Role, Scope
from service.flows.found import EndKind
from service.flows.layers import is_group
from service.flows.movements import Direction, Method, SameDay, decimal
from service.flows.question import MOST_HOPS, Question, Value
from service.http.purposes import LONGEST_PURPOSE

_Name = Annotated[str, StringConstraints(max_length=260, strip_whitespace=True)]


class FollowIn(BaseModel):
    """Follow a transaction (`batch` and `reference`), or what an `account` paid (forward) or received (backward)."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[str, StringConstraints(max_length=LONGEST_PURPOSE)] = Field(
        examples=["alert a_0b5c"], description="what it is for; recorded with your name"
    )
    direction: Direction = "forward"
    method: Method = Field(default="fifo", description="first in first out, or in proportion to what an account held")
    account: _Name = Field(default="", examples=["BANKA|41"], description="an account key, as alerts have it")
    batch: _Name = ""
    reference: _Name = ""
    amount: Decimal | None = Field(
        default=None, gt=0, max_digits=24, decimal_places=4, examples=["5000"],
        description="of the transaction; or the first that the account paid, the last that it received. All where not given",
    )  # fmt: skip
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = Field(
        default="", description="needed for an account with several"
    )
    value: Value = Field(
        default="own", description="`own`: one currency, a conversion ends the way; `base`: all at its worth in the base currency"
    )  # fmt: skip
    since: datetime | None = Field(default=None, description="forward from an account: not what it paid before")
    until: datetime | None = Field(default=None, description="nothing after it is looked at")
    same_day: SameDay = Field(
        default="through",
        description="where the order within a day is not known: money passes through in a day, or does not",
    )
    hops: int = Field(default=6, ge=1, le=MOST_HOPS)
    least_per_mille: int = Field(default=10, ge=0, le=1000, description="smaller shares are not looked into, and told")

    def question(self) -> Question:
        """As it is asked of the ledger."""
        given = self.model_dump(exclude={"purpose"})
        return Question(**given | {name: _utc(given[name]) for name in ("since", "until")})


def _utc(moment: datetime | None) -> datetime | None:
    """Without a zone, in UTC; a time without one is taken for UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment is not None and moment.tzinfo else moment


class PlaceOut(BaseModel):
    """An account; all empty for cash."""

    key: str = Field(examples=["BANKA|41"])
    account: str = Field(examples=["41"], description="as it was submitted last")
    country: str = Field(examples=["SN"], description="as it was stated last; empty where never")


class EndOut(BaseModel):
    """Where some of the money ends."""

    kind: EndKind = Field(
        description="cash: paid in or out there; held: still on the account; silent: an account never seen to pay (backward: to "
        "be paid); opening: held before the data begin; again: back where it was followed from; not looked into: busy, too many "
        "transactions, small, less than the least share, far, beyond the hops, many, the limit of reading"
    )
    place: PlaceOut
    amount: str = Field(examples=["50.0000"])
    per_mille: int
    other: str | None = Field(
        description="under the other reading of days whose order is not known; null where every time is"
    )
    currencies: list[str] = Field(description="others that the account paid in (backward: was paid in) meanwhile")


class StepOut(BaseModel):
    """A transaction that carried `traced` of its `value`, both in the currency of the answer."""

    batch: str
    reference: str
    submitter: str
    also: list[str] = Field(description="other reports of the same flow, as batch and reference")
    occurred_at: str
    day_only: bool
    channel: str
    payer: PlaceOut
    payee: PlaceOut
    amount: str
    currency: str
    value: str
    traced: str
    hop: int


class CrossedOut(BaseModel):
    """An account that was looked into."""

    place: PlaceOut
    hop: int
    transactions: int
    traced: str = Field(description="how much of the money came to it")
    opening: str = Field(description="the least that it held before the data, so that it was never overdrawn")


class AskedOut(BaseModel):
    """The question, with what was filled in."""

    direction: Direction
    method: Method
    account: str
    batch: str
    reference: str
    amount: str | None
    currency: str
    value: Value
    since: str | None
    until: str | None
    same_day: SameDay
    hops: int
    least_per_mille: int


class FollowOut(BaseModel):
    """Where money went or came from. The amounts of `ends` add up to `followed`."""

    asked: AskedOut
    currency: str
    followed: str = Field(examples=["100.0000"])
    ends: list[EndOut]
    steps: list[StepOut] = Field(description="in order of time; those with most of the money where there are many")
    steps_left_out: int
    crossed: list[CrossedOut]
    unknown_per_mille: int = Field(description="before the data, told by one side alone, or not looked into")
    order_known: bool
    transactions_read: int
    other_currencies_left_out: int
    without_rate: int
    reported_twice: int


class GraphNode(BaseModel):
    """An account, or a group of small ones. `layer` counts hops: below zero on the side of whoever pays the subject."""

    key: str = Field(description="empty for cash and for a group")
    account: str = Field(description="as it was submitted; empty for cash and for a group")
    layer: int
    x: int
    y: int
    role: Role
    grouped: int = Field(description="how many accounts a group stands for; 0 for an account")


class GraphEdge(BaseModel):
    """All that moved from one node to another by the end of the day. Nodes are named by their place in the list, from 0."""

    source: int
    target: int
    transactions: int
    amounts: dict[str, str] = Field(description="by currency; money as text", examples=[{"EUR": "1200.0000"}])
    first_day: date
    last_day: date
    evidence: bool = Field(description="whether some of it is evidence of the alert")


class GraphOut(BaseModel):
    """The movements around the subject of an alert. The layout is that of the whole window, whatever the day."""

    alert: str
    scope: Scope
    hops: int
    first_day: date | None = Field(description="null where there is nothing to draw")
    last_day: date | None
    until: date | None
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    busy: int = Field(description="accounts with too many transactions to be looked into")
    many: int = Field(description="accounts not looked into because enough was read")
    small: int = Field(description="movements below the least amount")
    edges_left_out: int = Field(description="the smallest beyond what can be drawn")


def graph_out(alert: str, scope: Scope, hops: int, around: Around | None, until: date | None) -> GraphOut:
    """A picture as plain data, as it stood at the end of a day."""
    if around is None:
        return GraphOut(
            alert=alert, scope=scope, hops=hops, first_day=None, last_day=None, until=None, nodes=[], edges=[],
            busy=0, many=0, small=0, edges_left_out=0,
        )  # fmt: skip
    shown = around.last if until is None else min(max(until, around.first), around.last)
    spots = around.layout.spots
    places = {spot.key: nth for nth, spot in enumerate(spots)}
    roles: list[Role] = ["group" if is_group(spot.key) else around.roles.get(spot.key, "other") for spot in spots]
    moved = [link for each in around.layout.links if (link := each.until(shown)) is not None]
    return GraphOut(
        alert=alert,
        scope=scope,
        hops=hops,
        first_day=around.first,
        last_day=around.last,
        until=shown,
        nodes=[
            GraphNode(
                key="" if role in ("cash", "group") else spot.key,
                account=around.labels.get(spot.key, ""),
                layer=spot.layer, x=spot.x, y=spot.y, role=role, grouped=spot.grouped,
            )
            for spot, role in zip(spots, roles, strict=True)
        ],
        edges=[
            GraphEdge(
                source=places[link.source],
                target=places[link.target],
                transactions=sum(day.transactions for day in link.days),
                amounts={currency: f"{decimal(amount):f}" for currency, amount in link.amounts.items()},
                first_day=link.days[0].day,
                last_day=link.days[-1].day,
                evidence=link.evidence,
            )
            for link in moved
        ],
        busy=around.busy,
        many=around.many,
        small=around.small,
        edges_left_out=around.layout.links_left_out,
    )  # fmt: skip
