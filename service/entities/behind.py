"""Who and what messages name beside an account's transactions: parties with their roles, and the account as institutions describe it.

Only what tables have no column for: of a CSV there is none. Masked like every identifier, unless a caller says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.entities.looking import READ_BACK, mask, not_red
from service.ledger import views
from service.ledger.views import Reads

MOST = 50
"""Parties and descriptions that are shown, most frequent first."""
OWN_SIDE = {
    "out": ("payer", "ultimate_payer", "underlying_payer", "payer_institution"),
    "in": ("payee", "ultimate_payee", "underlying_payee", "payee_institution"),
}
"""Roles of a transaction's two sides; every other role says nothing of the side and is shown for both accounts."""
_OTHER_SIDE = {"out": OWN_SIDE["in"], "in": OWN_SIDE["out"]}
_HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class Party:
    """A party as messages named it beside this account's transactions; how often, and when last."""

    role: str
    kind: str | None
    name: str | None
    party: str | None
    country: str | None
    born: str | None
    address: str | None
    identifiers: tuple[str, ...]
    times: int
    last: datetime
    masked: bool


@dataclass(frozen=True, slots=True)
class Described:
    """The account as messages describe it: what kind of number it is, where it is kept, in which currency, under which name."""

    scheme: str | None
    institution_name: str | None
    currency: str | None
    name: str | None
    times: int
    masked: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind one account."""

    parties: tuple[Party, ...]
    accounts: tuple[Described, ...]


def behind(ledger: Reads, key: str, *, clear: bool) -> Behind:
    """What messages named in an account's latest 500 transactions, without what was given for named people alone (RED)."""
    rows = not_red(ledger, views.account_transactions(ledger, key, limit=READ_BACK).to_dicts())
    asked = [[row[name] for row in rows] for name in ("batch", "reference", "direction", "occurred_at")]
    if not rows:
        return Behind((), ())
    parties = ledger.query(_PARTIES, [*asked, list(_OTHER_SIDE["out"]), list(_OTHER_SIDE["in"]), MOST])
    accounts = ledger.query(_ACCOUNTS, [asked[0], asked[1], key, MOST])
    return Behind(
        tuple(_party(row, clear=clear) for row in parties), tuple(_described(row, clear=clear) for row in accounts)
    )


def _party(row: tuple[Any, ...], *, clear: bool) -> Party:
    role, kind, name, party, country, born, address, identifiers, times, last = row
    goods = role == "goods"
    shown = clear or goods
    return Party(
        role=role,
        kind=kind,
        name=_masked(name, "name", clear=shown),
        party=_masked(party, "party", clear=clear),
        country=country,
        born=born if clear or born is None else _HIDDEN,
        address=None if not address else "; ".join(map(_line, json.loads(address))) if clear else _HIDDEN,
        identifiers=tuple(_identifier(each, clear=clear) for each in json.loads(identifiers or "[]")),
        times=times,
        last=last,
        masked=not clear,
    )


def _described(row: tuple[Any, ...], *, clear: bool) -> Described:
    scheme, institution, currency, name, times = row
    return Described(scheme, institution, currency, _masked(name, "name", clear=clear), times, not clear)


def _masked(value: str | None, kind: str, *, clear: bool) -> str | None:
    return value if clear or value is None else mask(value, kind)


def _line(address: dict[str, str]) -> str:
    return ", ".join(_texts(address.values()))


def _identifier(held: dict[str, str], *, clear: bool) -> str:
    """An identifier with its scheme; of one in clear also by whom it was issued."""
    value = held.get("value", "")
    scheme = held.get("scheme") or held.get("type") or ""
    rest = [text for name, text in held.items() if name not in {"value", "scheme", "type"}] if clear else []
    return " ".join(_texts([scheme, value if clear else mask(value, "party"), *rest]))


def _texts(values: Iterable[str]) -> list[str]:
    return [str(value) for value in values if value]


_PARTIES = """
with asked as (
    select unnest(?::varchar[]) as batch, unnest(?::varchar[]) as reference, unnest(?::varchar[]) as direction,
        unnest(?::timestamp[]) as occurred_at
),
own as (
    select p.role, p.kind, p.name, p.party, p.country, p.born, p.address, p.identifiers, a.occurred_at
    from current_parties as p join asked as a on p.batch = a.batch and p.reference = a.reference
    where not list_contains(case a.direction when 'out' then ?::varchar[] else ?::varchar[] end, p.role)
)
select role, kind, name, party, country, born, address, identifiers, count(*) as times, max(occurred_at) as latest
from own group by all
order by times desc, latest desc, role, name, party, country, born, address, identifiers limit ?
"""
_ACCOUNTS = """
with asked as (select distinct unnest(?::varchar[]) as batch, unnest(?::varchar[]) as reference)
select c.scheme, c.institution_name, c.currency, c.name, count(*) as times
from current_accounts as c join asked as a on c.batch = a.batch and c.reference = a.reference
where c.key = ? group by all order by times desc, scheme, institution_name, currency, name limit ?
"""
