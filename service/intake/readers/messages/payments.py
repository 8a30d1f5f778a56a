"""ISO 20022 payments: pacs.008, pacs.009 and pain.001, one transaction for each `CdtTrfTxInf`.

docs/formats.md has the table of what goes where; what is not named there goes to `extra` under its path.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.intake.readers.messages.leaves import Leaves
from service.intake.readers.messages.parts import account, add_side, agent, fitting, given, moment, party, reference_of
from service.intake.readers.messages.record import Record

PURPOSE_LONGEST = 1_024
_CHEQUE = "CHK"
_SETTLED = ("IntrBkSttlmAmt",)
_INSTRUCTED = ("Amt/InstdAmt", "Amt/EqvtAmt/Amt")
_TOTALS = ("NbOfTxs", "CtrlSum", "TtlIntrBkSttlmAmt", "TtlIntrBkSttlmAmt@Ccy")
_INTERMEDIARIES = (
    "IntrmyAgt1",
    "IntrmyAgt2",
    "IntrmyAgt3",
    "PrvsInstgAgt",
    "PrvsInstgAgt1",
    "PrvsInstgAgt2",
    "PrvsInstgAgt3",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its number within its message or statement, and in words."""

    number: int
    where: str


def payment(kind: str, found: Leaves, head: Leaves, group: Leaves, place: Place) -> Record:
    """A `CdtTrfTxInf` of a message of `kind`, below the message's header and, in pain.001, the `PmtInf` around it."""
    record = Record(place.where)
    head.drop(f"GrpHdr/{name}" for name in _TOTALS)
    group.drop(_TOTALS)
    start = "/".join(filter(None, (head.peek("GrpHdr/MsgId"), group.take("PmtInfId"))))
    record.values["reference"] = _reference(found, start or None, place)
    if kind != "pacs.009" or not found.peek_below("UndrlygCstmrCdtTrf"):
        # A cover carries the id of the payment that it covers, and is another flow.
        record.values["end_to_end_id"] = found.take("PmtId/UETR") or given(found.peek("PmtId/EndToEndId"))
    _when(kind, record, found, head, group)
    _amount(record, found, _INSTRUCTED if kind == "pain.001" else _SETTLED)
    cheque = group.peek("PmtMtd") == _CHEQUE
    record.values["channel"] = "cheque" if cheque else "transfer"
    if kind == "pacs.009":
        _between_institutions(record, found)
    else:
        _between_customers(record, found, group)
    _others(record, found, head)
    _purpose(record, found)
    record.extra = head.rest() | group.rest() | found.rest() | record.extra
    return record


def _reference(found: Leaves, start: str | None, place: Place) -> str:
    own = found.take("PmtId/TxId") or given(found.peek("PmtId/InstrId"))
    end_to_end = given(found.peek("PmtId/EndToEndId"))
    if own is None and end_to_end is not None:
        own = f"{end_to_end}#{place.number}"  # the customer's id need not be unique
    return reference_of(start, own, place.number)


def _when(kind: str, record: Record, found: Leaves, head: Leaves, group: Leaves) -> None:
    """The time at which the payment was accepted or asked for; else its settlement date; else the message's."""
    if kind == "pain.001":
        written = group.peek("ReqdExctnDt/DtTm", "ReqdExctnDt/Dt", "ReqdExctnDt") or head.peek("GrpHdr/CreDtTm")
    else:
        written = (
            found.peek("AccptncDtTm", "IntrBkSttlmDt")
            or head.peek("GrpHdr/IntrBkSttlmDt")
            or head.peek("GrpHdr/CreDtTm")
        )
    record.values["occurred_at"] = moment(written)


def _amount(record: Record, found: Leaves, paths: tuple[str, ...]) -> None:
    path = next((path for path in paths if found.peek(path)), paths[0])
    record.values["amount"] = found.take(path)
    record.values["currency"] = found.take(f"{path}@Ccy")


def _between_customers(record: Record, found: Leaves, group: Leaves) -> None:
    """Payer and payee with their banks; in pain.001 the payer stands around the transactions."""
    source = found if found.peek_below("Dbtr") or found.peek_below("DbtrAcct") else group
    bank = agent(source.below("DbtrAgt"), "payer_institution")
    number = account(source.below("DbtrAcct"), "from", bank)
    add_side(record, "from", party(source.below("Dbtr"), "payer"), bank, number)
    bank = agent(found.below("CdtrAgt"), "payee_institution")
    add_side(record, "to", party(found.below("Cdtr"), "payee"), bank, account(found.below("CdtrAcct"), "to", bank))
    for path, role in (("UltmtDbtr", "ultimate_payer"), ("UltmtCdtr", "ultimate_payee"), ("InitgPty", "initiator")):
        for source in (found, group):
            _list(record, party(source.below(path), role))


def _between_institutions(record: Record, found: Leaves) -> None:
    """Two institutions that pay each other: without an account number, each institution's own account stands for it."""
    for side, who, bank, number, role in (
        ("from", "Dbtr", "DbtrAgt", "DbtrAcct", "payer"),
        ("to", "Cdtr", "CdtrAgt", "CdtrAcct", "payee"),
    ):
        institution = party(found.below(who), role)
        served = agent(found.below(bank), f"{role}_institution")
        add_side(record, side, institution, served or institution, account(found.below(number), side, served))
        if served is None and institution is not None:
            record.parties.remove(institution)  # it is its own bank: listed once
    below = found.below("UndrlygCstmrCdtTrf")
    for path, role in (("Dbtr", "underlying_payer"), ("Cdtr", "underlying_payee"), ("UltmtDbtr", "ultimate_payer"),
                       ("UltmtCdtr", "ultimate_payee"), ("InitgPty", "initiator")):  # fmt: skip
        _list(record, party(below.below(path), role))
    for path, role in (("DbtrAgt", "payer_institution"), ("CdtrAgt", "payee_institution")):
        _list(record, agent(below.below(path), role))
    record.extra |= {f"UndrlygCstmrCdtTrf/{name}": text for name, text in below.rest().items()}


def _others(record: Record, found: Leaves, head: Leaves) -> None:
    for path, role in (("InstgAgt", "sending_institution"), ("InstdAgt", "receiving_institution")):
        _list(record, agent(found.below(path) or head.below(f"GrpHdr/{path}"), role))
    for path in _INTERMEDIARIES:
        _list(record, agent(found.below(path), "intermediary_institution"))
    _list(record, party(head.below("GrpHdr/InitgPty"), "initiator"))


def _purpose(record: Record, found: Leaves) -> None:
    """The remittance text; without one, the creditor's reference or the code of the purpose."""
    lines = found.all("RmtInf/Ustrd")
    text = " ".join(lines) or found.peek("RmtInf/Strd/CdtrRefInf/Ref", "Purp/Prtry", "Purp/Cd")
    record.values["purpose"] = fitting(text, PURPOSE_LONGEST)
    if text is not None and record.values["purpose"] is None:
        record.values["purpose"] = f"{text[: PURPOSE_LONGEST - 1]}…"
        record.extra["RmtInf/Ustrd"] = text


def _list(record: Record, row: dict[str, str | None] | None) -> None:
    if row is not None:
        record.parties.append(row)
