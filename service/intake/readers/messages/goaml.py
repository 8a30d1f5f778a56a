"""goAML reports (XML 5.0.2 and its neighbours): one transaction for each `transaction`, with its persons, entities, accounts and goods.

The report is read twice: what stands around its transactions, such as reasons and indicators, comes partly after them. Who
reported stays in the original alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from service.intake.readers.block import Block, Source, refuse
from service.intake.readers.messages.goaml_parties import Side, good, multi_party, sides_of
from service.intake.readers.messages.leaves import Leaves, leaves_of, line_of, local
from service.intake.readers.messages.parts import add_side, fitting, moment, reference_of
from service.intake.readers.messages.record import KEPT_BYTES, Record, blocks_of
from service.intake.readers.messages.stream import elements, forget

_VALIDATED_BYTES = 64 << 20
"""A report that is validated is held in memory whole, for the lines of its errors."""
_SHOWN_ERRORS = 5
_TRANSACTION, _ACTIVITY, _REPORT = "transaction", "activity", "report"
_HEAD = ("rentity_id", "report_code", "entity_reference", "fiu_ref_number", "reason", "action")
_CASH = frozenset({"CASH", "K"})
_CHANNELS = {
    "CHQ": "cheque", "DDS": "cheque", "TRVLC": "cheque", "GBB": "cheque", "CRTCR": "card", "CCS": "card", "POS": "card", "POSMS": "card",
    "CDP": "card", "CRPTC": "crypto", "CCD": "card", "DBCD": "card", "LCRD": "card", "PPCD": "card", "CRNEX": "fx",
    "DAWLT": "mobile_money",
}  # fmt: skip
THEIRS = {
    "reference": "transactionnumber", "occurred_at": "date_transaction", "amount": "amount_local", "currency": "currency_code_local",
    "from_account": "t_from", "to_account": "t_to", "purpose": "transaction_description", "place": "transaction_location",
}  # fmt: skip


def open_goaml(path: Path, schema: Path | None) -> Source:
    """Open a report. Raises SubmissionRefused where it does not hold to the operator's schema or has no transactions."""
    if schema is not None:
        _validate(path, schema)
    heads = _heads(path)

    def blocks() -> Iterator[Block]:
        yield from blocks_of(_records(path, heads))

    return Source("goaml", blocks, theirs=THEIRS, needs_no_mapping=True, kept_bytes=KEPT_BYTES)


def _validate(path: Path, schema: Path) -> None:
    if path.stat().st_size > _VALIDATED_BYTES:
        raise refuse(
            "the report is larger than 64 MiB, and this house validates reports", "Send it as several reports."
        )
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        rules = etree.XMLSchema(etree.parse(str(schema), parser))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise refuse(
            "this house's goAML schema cannot be read, so no report can be taken",
            "Tell the operator: the setting is THALWEG_GOAML_SCHEMA.",
        ) from error
    try:
        tree = etree.parse(str(path), parser)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else 1
        raise refuse("the XML is not well-formed", "Export the report again.", where=f"line {line}") from error
    if not rules.validate(tree):
        errors: list[etree._LogEntry] = list(rules.error_log)[:_SHOWN_ERRORS]  # type: ignore[call-overload]
        said = "; ".join(f"line {error.line}: {error.message}" for error in errors)
        raise refuse(
            f"the report does not hold to the goAML schema of this house: {said}"[:2_000],
            "Correct these lines, and validate the report before sending it.",
            where=f"line {errors[0].line}",
        )


@dataclass(frozen=True, slots=True)
class _Report:
    """What stands around the transactions of a report."""

    leaves: Leaves
    indicators: tuple[str, ...]
    currency: str | None


def _heads(path: Path) -> list[_Report]:
    """Each report of the file without its transactions."""
    heads: list[_Report] = []
    transactions = activities = 0
    for element in elements(path, (_TRANSACTION, _ACTIVITY, _REPORT)):
        name = local(element)
        transactions += name == _TRANSACTION
        activities += name == _ACTIVITY
        if name == _REPORT:
            found = Leaves(leaves_of(element))
            indicators = tuple(found.all("report_indicators/indicator"))
            heads.append(_Report(found, indicators, found.peek("currency_code_local")))
        forget(element)
    if not transactions and activities:
        raise refuse(
            "the report tells of an activity and has no transactions",
            "Send reports with transactions here; an activity report belongs where you have sent them so far.",
        )
    if not heads:
        raise refuse("the XML holds no goAML report", "Send the whole report.")
    return heads


def _records(path: Path, heads: list[_Report]) -> Iterator[Record]:
    report = number = 0
    for element in elements(path, (_TRANSACTION, _REPORT)):
        if local(element) == _REPORT:
            report, number = report + 1, 0
        elif report < len(heads):
            number += 1
            where = f"transaction {number} of its report, line {line_of(element)}"
            yield _record(Leaves(leaves_of(element)), heads[report], number, where)
        forget(element)


def _record(found: Leaves, head: _Report, number: int, where: str) -> Record:
    record = Record(where)
    values = record.values
    values["reference"] = reference_of(head.leaves.peek("rentity_id"), found.take("transactionnumber"), number)
    values["occurred_at"] = moment(found.peek("date_transaction"))
    values["amount"], values["currency"] = found.take("amount_local"), head.currency
    values["place"] = fitting(found.peek("transaction_location"), 256)
    text = found.peek("transaction_description", "comments")
    values["purpose"] = text if text is None or len(text) <= 1_024 else f"{text[:1_023]}…"
    sides = sides_of(found) or multi_party(found)
    goods = [good(item) for item in found.each("goods_services/item")]
    values["channel"] = channel = _channel(found.peek("transmode_code"), sides, goods=bool(goods))
    for name, side in sides.items():
        add_side(record, name, side.who, side.bank, side.account)
        values[f"{name}_country"] = side.country or values[f"{name}_country"]
        record.parties += side.others
        record.extra |= {f"{side.path}/{path}": text for path, text in side.rest.items()}
    if channel == "cash_deposit":
        values["from_account"] = None
    if channel == "cash_withdrawal":
        values["to_account"] = None
    record.parties += goods
    record.extra = found.rest() | record.extra | _around(head)
    return record


def _around(head: _Report) -> dict[str, str]:
    """What the report says of all its transactions: its code, reference, reasons and indicators."""
    said = {f"report/{name}": text for name in _HEAD if (text := head.leaves.peek(name))}
    return said | ({"report/indicators": ", ".join(head.indicators)} if head.indicators else {})


def _channel(mode: str | None, sides: dict[str, Side], *, goods: bool) -> str:
    """How the money moved, by the codes of funds and of the mode. A cash side without an account is the counter."""
    funds = {name: side.funds for name, side in sides.items()}
    has_account = {name: side.account is not None for name, side in sides.items()}
    if funds.get("from") in _CASH and not has_account.get("from") and has_account.get("to"):
        return "cash_deposit"
    if funds.get("to") in _CASH and not has_account.get("to") and has_account.get("from"):
        return "cash_withdrawal"
    for name, crypto in (("to", "crypto_buy"), ("from", "crypto_sell")):
        if _CHANNELS.get(funds.get(name) or "") == "crypto":
            return crypto
    if goods:
        return "trade"
    codes = (mode, funds.get("from"), funds.get("to"))
    return next((_CHANNELS[code] for code in codes if code in _CHANNELS), "transfer")
