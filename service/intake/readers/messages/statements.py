"""ISO 20022 statements and notifications: camt.053 and camt.054, one transaction for each `TxDtls`, or each entry without any.

The account of the statement is one side, whoever the entry's parties are the other; a reversal goes the way that it was booked.
"""

from __future__ import annotations

from service.intake.readers.messages.leaves import Leaves
from service.intake.readers.messages.parts import account, add_side, agent, fitting, given, moment, party, reference_of
from service.intake.readers.messages.payments import PURPOSE_LONGEST, Place
from service.intake.readers.messages.record import Record

_CHANNELS = {
    "CDPT": "cash_deposit", "CWDL": "cash_withdrawal", "CHRG": "fee", "COMM": "fee", "FEES": "fee", "CCRD": "card", "MCRD": "card",
    "POSD": "card", "POSC": "card", "RCHQ": "cheque", "ICHQ": "cheque", "FORX": "fx", "FXDR": "fx",
}  # fmt: skip
_CODES = ("BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Cd")
_NOT_BOOKED = frozenset({"PDNG", "INFO", "FUTR"})
_ACCOUNT_IDS = ("Id/IBAN", "Id/Othr/Id")
_NUMBERS = tuple(f"Acct/{path}" for path in _ACCOUNT_IDS)
_OWN_IDS = ("Refs/TxId", "Refs/AcctSvcrRef", "Refs/InstrId", "Refs/PmtInfId")


def entry(
    found: Leaves, details: Leaves | None, statement: Leaves, head: Leaves, place: Place, *, alone: bool
) -> Record:
    """One transaction of an entry: the entry's leaves, those of its `TxDtls` if any, and what stands around them.

    `alone` says that the entry has no other transactions, so that its amount is this one's.
    """
    record = Record(place.where)
    status = found.peek("Sts/Cd", "Sts/Prtry", "Sts")
    if status in _NOT_BOOKED:
        record.skipped = True
        record.fault = ("not_mapped", "Sts", status, "the entry is announced and not booked")
        return record
    own = details if details is not None else Leaves({})
    reversal = (found.peek("RvslInd") or "").lower() in {"true", "1"}
    credit = _is_credit(found, own, statement, reversal=reversal)
    record.values["reference"] = _reference(found, own, statement, head, place)
    record.values["end_to_end_id"] = own.take("Refs/UETR") or given(own.take("Refs/EndToEndId"))
    times = ("BookgDt/DtTm", "BookgDt/Dt", "ValDt/DtTm", "ValDt/Dt")
    record.values["occurred_at"] = moment(own.peek("RltdDts/AccptncDtTm") or found.peek(*times))
    _amount(record, found, own, alone=alone)
    record.values["channel"] = channel = _channel(own, found)
    _sides(record, own, statement, credit=credit, original_credit=credit != reversal)
    if channel == "cash_deposit":
        record.values["from_account"] = None
    if channel == "cash_withdrawal":
        record.values["to_account"] = None
    _purpose(record, own, found)
    inner = {f"TxDtls/{name}": text for name, text in own.rest().items()}
    record.extra = {"MsgId": head.peek("GrpHdr/MsgId") or ""} | _about(statement) | found.rest() | inner | record.extra
    return record


def _is_credit(found: Leaves, own: Leaves, statement: Leaves, *, reversal: bool) -> bool:
    """Whether the statement's account receives. Where the details name it as one side's account, that decides.

    Some banks repeat in `CdtDbtInd` of the details what the other side sees. A reversal names the parties of what it undoes.
    """
    number = statement.peek(*_NUMBERS)
    if not reversal and number is not None:
        sides = [own.peek(*(f"RltdPties/{side}Acct/{path}" for path in _ACCOUNT_IDS)) for side in ("Dbtr", "Cdtr")]
        if (sides[0] == number) != (sides[1] == number):
            return sides[1] == number
    return (own.peek("CdtDbtInd") or found.peek("CdtDbtInd")) == "CRDT"


def _reference(found: Leaves, own: Leaves, statement: Leaves, head: Leaves, place: Place) -> str:
    start = statement.peek("Id") or head.peek("GrpHdr/MsgId")
    page = statement.peek("StmtPgntn/PgNb", "NtfctnPgntn/PgNb") or "1"
    start = f"{start}/p{page}" if start and page != "1" else start
    ids = [found.peek("AcctSvcrRef", "NtryRef"), *(given(own.peek(path)) for path in _OWN_IDS)]
    first = next((each for each in ids if given(each)), None)
    return reference_of(start, None if first is None else f"{first}#{place.number}", place.number)


def _amount(record: Record, found: Leaves, own: Leaves, *, alone: bool) -> None:
    """The amount of the details; where they have none, the entry's, provided that it is theirs alone."""
    for leaves, path in ((own, "Amt"), (own, "AmtDtls/TxAmt/Amt"), (own, "AmtDtls/InstdAmt/Amt"), (found, "Amt")):
        if leaves is found and not alone:
            return
        if leaves.peek(path):
            record.values["amount"] = leaves.peek(path)
            record.values["currency"] = leaves.peek(f"{path}@Ccy")
            return


def _channel(own: Leaves, found: Leaves) -> str:
    codes = [own.peek(path) or found.peek(path) for path in _CODES]
    return next((_CHANNELS[code] for code in codes if code in _CHANNELS), "transfer")


def _sides(record: Record, own: Leaves, statement: Leaves, *, credit: bool, original_credit: bool) -> None:
    """The account's owner on its side, the other party on the other. `original_credit`: who of the two is named as the debtor."""
    mine, theirs = ("to", "from") if credit else ("from", "to")
    bank = agent(statement.below("Acct/Svcr"), f"{_role(mine)}_institution")
    owner = party(statement.below("Acct/Ownr"), "account_owner")
    number = account(statement.below("Acct"), mine, bank)
    named, partner = ("Cdtr", "Dbtr") if original_credit else ("Dbtr", "Cdtr")
    itself = party(own.below(f"RltdPties/{named}"), _role(mine))
    add_side(record, mine, owner or itself, bank, number)
    if owner is not None and itself is not None:
        record.parties.append(itself)
    _again(record, own, named, mine)
    other = agent(own.below(f"RltdAgts/{partner}Agt"), f"{_role(theirs)}_institution")
    who = party(own.below(f"RltdPties/{partner}"), _role(theirs))
    add_side(record, theirs, who, other, account(own.below(f"RltdPties/{partner}Acct"), theirs, other))
    for path, role in (("UltmtDbtr", "ultimate_payer"), ("UltmtCdtr", "ultimate_payee"), ("InitgPty", "initiator")):
        row = party(own.below(f"RltdPties/{path}"), role)
        record.parties += [] if row is None else [row]
    for path in ("IntrmyAgt1", "IntrmyAgt2", "IntrmyAgt3"):
        row = agent(own.below(f"RltdAgts/{path}"), "intermediary_institution")
        record.parties += [] if row is None else [row]


def _again(record: Record, own: Leaves, named: str, mine: str) -> None:
    """The statement's own account and bank where the details name them once more: listed if they say something else."""
    bank = agent(own.below(f"RltdAgts/{named}Agt"), f"{_role(mine)}_institution")
    number = account(own.below(f"RltdPties/{named}Acct"), mine, bank)
    if number is not None and number["account"] != record.values.get(f"{mine}_account"):
        record.accounts.append(number)
    if bank is not None and bank["party"] != record.values.get(f"{mine}_institution"):
        record.parties.append(bank)


def _role(side: str) -> str:
    return "payee" if side == "to" else "payer"


def _purpose(record: Record, own: Leaves, found: Leaves) -> None:
    lines = own.all("RmtInf/Ustrd")
    text = (
        " ".join(lines)
        or own.peek("RmtInf/Strd/CdtrRefInf/Ref", "AddtlTxInf")
        or found.peek("AddtlNtryInf")
        or own.peek("Purp/Prtry", "Purp/Cd")
    )
    record.values["purpose"] = fitting(text, PURPOSE_LONGEST)
    if text is not None and record.values["purpose"] is None:
        record.values["purpose"] = f"{text[: PURPOSE_LONGEST - 1]}…"
        record.extra["purpose"] = text


def _about(statement: Leaves) -> dict[str, str]:
    """What identifies the statement; its balances and totals are no transactions and stay in the original."""
    return {f"statement/{name}": text for name in ("Id", "ElctrncSeqNb", "LglSeqNb") if (text := statement.peek(name))}
