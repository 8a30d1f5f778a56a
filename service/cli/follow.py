"""`thalweg follow`: where money went or came from, from a transaction or an account."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from schemas.errors import RequestInvalid
from service.cli.desk import open_desk
from service.cli.printing import AsJson, count, plain, say, show_facts, show_json, show_table

_ENDS = {
    "cash": ("paid out in cash at", "paid in as cash at"),
    "held": ("still held by", "still held by"),
    "silent": ("with an account that is never seen to pay", "from an account that is never seen to be paid"),
    "opening": ("held before the data by", "held before the data by"),
    "again": ("back at", "back at"),
    "busy": ("not looked into, too many transactions", "not looked into, too many transactions"),
    "small": ("not looked into, too small a share", "not looked into, too small a share"),
    "far": ("not looked into, too many hops", "not looked into, too many hops"),
    "many": ("not looked into, enough was read", "not looked into, enough was read"),
}
_SHOWN = 20


def follow_money(
    context: typer.Context,
    start: Annotated[str, typer.Argument(help="An account key, or a transaction as BATCH:REFERENCE.")],
    purpose: Annotated[str, typer.Option("--for", help="What it is for; a server records it.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Where it came from, in place of where it went.")] = False,
    proportional: Annotated[
        bool, typer.Option("--proportional", help="By shares of what an account held, in place of first in first out.")
    ] = False,
    amount: Annotated[str | None, typer.Option(help="How much; all where not given.")] = None,
    currency: Annotated[str, typer.Option(help="For an account with several.")] = "",
    base: Annotated[bool, typer.Option("--base", help="Every currency, at its worth in the base currency.")] = False,
    since: Annotated[datetime | None, typer.Option(help="Not what the account paid before (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Nothing after it is looked at (UTC).")] = None,
    held: Annotated[bool, typer.Option("--held", help="Where only days are known, money stays over night.")] = False,
    hops: Annotated[int, typer.Option(min=1, max=12)] = 6,
    least: Annotated[int, typer.Option(min=0, max=1000, help="Per mille of the amount below which a way ends.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Follow money from a transaction or an account until it ends, or what is known of it does."""
    batch, reference = start.split(":", 1) if start.startswith("b_") and ":" in start else ("", "")
    asked = {
        "purpose": purpose or "thalweg follow",
        "direction": "backward" if back else "forward",
        "method": "proportional" if proportional else "fifo",
        "account": "" if batch else start,
        "batch": batch,
        "reference": reference,
        "amount": None if amount is None else _amount(amount),
        "currency": currency.upper(),
        "value": "base" if base else "own",
        "since": _moment(since),
        "until": _moment(until),
        "same_day": "held" if held else "through",
        "hops": hops,
        "least_per_mille": least,
    }
    with open_desk(context.obj) as desk:
        found = desk.follow(asked)
    if as_json:
        show_json(found)
    else:
        _tell(found)


def _amount(text: str) -> str:
    try:
        return f"{Decimal(text):f}"
    except InvalidOperation as error:
        raise RequestInvalid(
            "this is not an amount", where="--amount", value=text, remedy="Write it as 1234.50."
        ) from error


def _moment(given: datetime | None) -> str | None:
    return None if given is None else given.replace(tzinfo=UTC).isoformat()


def _tell(found: dict[str, Any]) -> None:
    asked, currency = found["asked"], found["currency"]
    backward = asked["direction"] == "backward"
    print(
        f"{_money(found['followed'])} {currency}, {'back to where it came from' if backward else 'on to where it went'}:"
    )
    rows = [
        {
            "share": f"{end['per_mille'] / 10:.1f} %",
            "amount": _money(end["amount"]),
            "or": "" if end["other"] is None else _money(end["other"]),
            "where it ends": _ENDS[end["kind"]][backward],
            "account": plain(end["place"]["key"])
            + (f" (also {', '.join(end['currencies'])})" if end["currencies"] else ""),
        }
        for end in found["ends"][:_SHOWN]
    ]
    columns = ("share", "amount", "or", "where it ends", "account")
    show_table(rows, [name for name in columns if name != "or" or not found["order_known"]], nothing="nothing")
    if len(found["ends"]) > _SHOWN:
        print(f"and {len(found['ends']) - _SHOWN:,} more ends")
    print()
    show_facts(
        {
            "not known": f"{found['unknown_per_mille'] / 10:.1f} % of it: before the data, told by one side alone, or not looked into",
            "attributed": "in proportion" if asked["method"] == "proportional" else "first in, first out",
            "read": f"{count(found['transactions_read'], 'transaction')} of {count(len(found['crossed']), 'account')}",
            "left out": _left_out(found),
        }
    )
    if not found["order_known"]:
        say(
            "Of some transactions only the day is known: `or` is the amount where money of a day moves in the other order."
        )
    say("--json shows every step")


def _left_out(found: dict[str, Any]) -> str | None:
    told = []
    if found["other_currencies_left_out"]:
        told.append(
            f"{count(found['other_currencies_left_out'], 'transaction')} in other currencies (--base follows them too)"
        )
    if found["without_rate"]:
        told.append(f"{count(found['without_rate'], 'transaction')} without a rate")
    return "; ".join(told) or None


def _money(text: str) -> str:
    return f"{Decimal(text).quantize(Decimal('0.01')):,}"
