"""The draft of a mapping: guesses about columns made into the tables of a mapping, and what a person has to settle first.

A draft computes nothing and applies nothing. Where a choice is only supposed (a zone, a currency), it is written so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from schemas.money import NO_CURRENCY
from service.intake.drafting.guess import Guess, guesses, rivals
from service.intake.drafting.profile import CLOCK, COMMA, NUMBER, Profile, is_of_the_format, unwanted
from service.intake.drafting.sample import Sample
from service.intake.drafting.words import channel_of, country_of, currency_of, holds, kind_of, spoken, words

ZONE = "UTC"
_STEP_START = "2024-01-01"


@dataclass
class Draft:
    """The tables of a mapping, with a remark on each line (`columns.amount`), and what is missing or doubtful.

    `document` is what `parse_mapping` takes, but for what is `missing`.
    """

    document: dict[str, Any]
    guesses: list[Guess]
    remarks: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def make_draft(sample: Sample, *, name: str, zone: str | None, sheet: str | None) -> Draft:
    """The draft for a sample. `zone` is the IANA zone of times without offset, where the submitter says it."""
    columns = [_profile(sample, column) for column in sample.frame.columns]
    found = guesses(columns)
    draft = Draft({"name": name, "about": ""}, found)
    by_ours = {guess.ours: guess for guess in found}
    _say_form(draft, sample, sheet)
    _add_dropped(draft, columns)
    for guess in found:
        if guess.ours != "occurred_at":
            _add_column(draft, guess, columns)
    _add_time(draft, by_ours.get("occurred_at"), zone, columns)
    _add_reference_and_constants(draft, by_ours, name)
    _add_values(draft, by_ours)
    _add_nulls(draft, found)
    _add_cash(draft, by_ours)
    _add_skipped(draft, columns, by_ours)
    amount = by_ours.get("amount")
    _add_amount(draft, amount, binary=amount is not None and amount.column.name in sample.binary)
    used = {guess.column.name for guess in found} | set(draft.document.get("drop", []))
    draft.extra = [column.name for column in columns if column.name not in used]
    return draft


def _profile(sample: Sample, column: str) -> Profile:
    text = sample.frame[column]
    values = text.filter(text.is_not_null() & (text != ""))
    return Profile(column, values, sample.frame.height, sample.values.get(column))


def _say_form(draft: Draft, sample: Sample, sheet: str | None) -> None:
    form: dict[str, str] = {}
    if sample.delimiter:
        form["delimiter"] = sample.delimiter
    if sample.encoding not in {None, "utf-8"}:
        form["encoding"] = str(sample.encoding)
        draft.remarks["format.encoding"] = (
            "its bytes show it"
            if sample.encoding == "utf-16"
            else "low: not UTF-8, and this is the commonest other; look at a letter with an accent"
        )
    if sheet:
        form["sheet"] = sheet
    if form:
        draft.document["format"] = form


def _add_dropped(draft: Draft, columns: list[Profile]) -> None:
    dropped = {column.name: why for column in columns if (why := unwanted(column))}
    if dropped:
        draft.document["drop"] = list(dropped)
        draft.remarks["drop"] = f"medium: {'; '.join(sorted(set(dropped.values())))}"


def _add_column(draft: Draft, guess: Guess, columns: list[Profile]) -> None:
    draft.document.setdefault("columns", {})[guess.ours] = guess.column.name
    draft.remarks[f"columns.{guess.ours}"] = f"{guess.confidence}: {guess.why}{_or(columns, guess)}"


def _or(columns: list[Profile], guess: Guess) -> str:
    others = rivals(columns, guess)
    return f"; or is it {', '.join(others[:3])}?" if others else ""


def _add_time(draft: Draft, guess: Guess | None, zone: str | None, columns: list[Profile]) -> None:
    if guess is None:
        draft.missing.append("occurred_at: no column was found in which every value is a time or a date")
        return
    why = f"{guess.confidence}: {guess.why}{_or(columns, guess)}"
    form = guess.column.time
    if form is None:
        draft.document["time"] = {
            "step": guess.column.name,
            "start": _STEP_START,
            "unit": "hour",
            "zone": zone or ZONE,
            "precision": "second",
        }
        draft.remarks |= {
            "time.step": why,
            "time.start": "SUPPOSED: the day of step 0",
            "time.unit": "SUPPOSED: hour or day",
        }
        draft.doubts.append(
            "the file counts time from a day that it does not name: give `start` and `unit` under [time]"
        )
        return
    clocks = [column.name for column in columns if column.all(CLOCK)]
    if clocks and not form.has_clock:
        draft.doubts.append(
            f"the hour stands in a column of its own, {clocks[0]}: a mapping joins nothing, so only the date is taken"
        )
    if form.form is None and (form.has_offset or not form.has_clock):
        _add_column(draft, guess, columns)
        return
    time: dict[str, str] = {"column": guess.column.name}
    draft.remarks["time.column"] = why
    if form.form:
        time["format"] = form.form
        if form.other:
            draft.remarks["time.format"] = f"low: {form.other} fits every value as well"
            draft.doubts.append(f"the times may be {form.form} or {form.other}: look at a day that you know")
    if form.midnights:
        time["precision"] = "day"
        draft.remarks["time.precision"] = "every time is midnight, so only the date seems to be meant"
    elif form.has_clock:
        time["zone"] = zone or ZONE
        draft.remarks["time.zone"] = (
            "as you said" if zone else "SUPPOSED: the file does not say in which zone its times are"
        )
        if zone is None:
            draft.doubts.append(
                "the times have no offset: write the zone in which they were written, such as Africa/Bamako"
            )
    draft.document["time"] = time


def _add_reference_and_constants(draft: Draft, found: dict[str, Guess], name: str) -> None:
    if "reference" not in found:
        draft.document["reference"] = f"{name}-@row"
        draft.remarks["reference"] = (
            "no column differs in every row: the line number stands in, and only for this very file"
        )
        draft.doubts.append(
            "no column is an id of the transaction: two files would use the same line numbers, so give each its own text"
        )
    if "currency" not in found:
        # Every row with it is rejected until a person writes another.
        draft.document.setdefault("constants", {})["currency"] = NO_CURRENCY
        draft.remarks["constants.currency"] = "MISSING: no column names a currency; write its ISO 4217 code"
        draft.missing.append("currency: no column names one; write its code under [constants]")
    if "channel" not in found:
        draft.document.setdefault("constants", {})["channel"] = "other"
        draft.remarks["constants.channel"] = "SUPPOSED: no column says how money moved; transfer, mobile_money, …"
        draft.doubts.append("no column says how money moved: write the channel under [constants]")
    draft.missing.extend(["amount: no column was found whose values are amounts"] if "amount" not in found else [])
    if not {"from_account", "to_account"} & set(found):
        draft.missing.append("from_account, to_account: no column was found whose values are accounts")


def _add_values(draft: Draft, found: dict[str, Guess]) -> None:
    """The translations of what has few values: channels, kinds of parties, names of currencies and countries."""
    meanings = {"channel": channel_of, "currency": currency_of}
    meanings |= dict.fromkeys(("from_country", "to_country"), country_of) | dict.fromkeys(
        ("from_kind", "to_kind"), kind_of
    )
    for ours, meaning in meanings.items():
        if ours not in found:
            continue
        few = found[ours].column.few or ()
        table = {value: meaning(value) for value in few}
        if all(value == known for value, known in table.items()):
            continue
        if ours == "channel" and is_of_the_format(found[ours].column):
            continue
        idle = [value for value in few if ours == "channel" and _moves_nothing(value)]
        known = {value: known for value, known in table.items() if known and value not in idle}
        unknown = [value for value, known in table.items() if not known and value not in idle]
        if ours == "channel":
            known |= dict.fromkeys(unknown, "other")
            draft.remarks |= {f"values.channel.{value}": "low: not recognised" for value in unknown}
        draft.document.setdefault("values", {})[ours] = known
        if unknown:
            what = "written as other" if ours == "channel" else "rows with it are rejected until it is named"
            draft.doubts.append(
                f"{len(unknown)} of {len(few)} values of {found[ours].column.name} are not recognised: {what} under [values.{ours}]"
            )


def _add_nulls(draft: Draft, found: list[Guess]) -> None:
    for guess in found:
        if not guess.ours.endswith(("account", "name", "institution")) or guess.ours in draft.document.get(
            "values", {}
        ):
            continue
        if meant := guess.column.standing_out():
            draft.document.setdefault("nulls", {})[guess.ours] = meant
            draft.remarks[f"nulls.{guess.ours}"] = "medium: these seem to stand for nobody"


def _add_cash(draft: Draft, found: dict[str, Guess]) -> None:
    """At a counter one side is cash: the account that the file may have there goes."""
    translated: dict[str, str] = draft.document.get("values", {}).get("channel", {})
    if "channel" not in found:
        return
    plain = {} if translated else {value: value for value in found["channel"].column.few or ()}
    for value, channel in sorted((translated or plain).items()):
        side = {"cash_deposit": "from_account", "cash_withdrawal": "to_account"}.get(channel)
        if side in found:
            rule = {"if": {found["channel"].column.name: value}, "set": {side: ""}}
            draft.document.setdefault("when", []).append(rule)
            draft.remarks[f"when.{len(draft.document['when']) - 1}"] = (
                "medium: the cash side has no account; make sure that the customer's is the one that is left"
            )


def _add_skipped(draft: Draft, columns: list[Profile], found: dict[str, Guess]) -> None:
    channel = found["channel"].column.name if "channel" in found else None
    for column in columns:
        if column.name == channel or column.said in words()["no_transaction"]["columns"]:
            idle = [value for value in column.few or () if _moves_nothing(value)]
            if idle:
                draft.document.setdefault("skip", {})[column.name] = idle
                draft.remarks[f"skip.{column.name}"] = "medium: these values seem to have moved no money"


def _moves_nothing(value: str) -> bool:
    said = spoken(value)
    return any(holds(said, word) for word in words()["no_transaction"]["words"])


def _add_amount(draft: Draft, guess: Guess | None, *, binary: bool) -> None:
    if guess is None:
        return
    if guess.column.share(NUMBER) < guess.column.share(COMMA):
        draft.missing.append(
            "amount: the values have a decimal comma or thousands apart; a mapping computes nothing, so export them as 1250.00"
        )
    if guess.column.is_negative:
        draft.doubts.append(
            "some amounts are negative, and would be rejected: the direction must show by from_account and to_account"
        )
    if binary or guess.column.share(r"\.[0-9]{3,}|[eE]"):
        draft.document["rounding"] = {"amount": "half_even"}
        draft.remarks["rounding.amount"] = (
            "medium: the values are not all written to the minor unit, as binary numbers are"
        )
