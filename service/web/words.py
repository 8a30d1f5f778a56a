"""The words for codes: severities, states, roles, reasons. Neutral throughout: an account in a pattern is not a suspect."""

from __future__ import annotations


def mark(text: str) -> str:
    """A text that the catalogues translate where it is printed."""
    return text


SEVERITY = {"low": mark("Low"), "medium": mark("Medium"), "high": mark("High"), "critical": mark("Critical")}
BARS = {"low": 1, "medium": 2, "high": 3, "critical": 4}
STATE = {
    "new": mark("New"),
    "assigned": mark("Assigned"),
    "escalated": mark("Escalated"),
    "dismissed": mark("Dismissed"),
}
ROLE = {
    "controller": mark("directs the flow"),
    "collector": mark("collects from several"),
    "mule": mark("passes money on"),
    "possible_victim": mark("may be a victim: protect"),
    "payer": mark("pays in"),
    "beneficiary": mark("receives in the end"),
}
_FROM_ONE_OR_CASH = mark("receives the money")
REASON = {
    "suspicion_confirmed": mark("Suspicion confirmed"),
    "needs_investigation": mark("Needs investigation"),
    "legitimate_business": mark("Legitimate business"),
    "known_customer_profile": mark("Fits what is known of the customer"),
    "data_error": mark("Error in the data"),
    "duplicate_of_other": mark("Duplicate of another alert"),
    "insufficient_information": mark("Not enough information"),
}
DECIDE = {"escalate": mark("Escalate"), "dismiss": mark("Dismiss"), "reopen": mark("Reopen")}
SORT = {"score": mark("Highest score first"), "newest": mark("Latest first"), "oldest": mark("Oldest first")}
DONE = {
    "assign": mark("assigned"),
    "release": mark("released"),
    "escalate": mark("escalated"),
    "dismiss": mark("dismissed"),
    "reopen": mark("reopened"),
    "note": mark("noted"),
}
CHANNEL = {
    "transfer": mark("transfer"),
    "cash_deposit": mark("cash deposit"),
    "cash_withdrawal": mark("cash withdrawal"),
    "mobile_money": mark("mobile money"),
    "remittance": mark("remittance"),
    "card": mark("card"),
    "cheque": mark("cheque"),
    "trade": mark("trade"),
    "crypto_buy": mark("crypto purchase"),
    "crypto_sell": mark("crypto sale"),
    "fx": mark("currency exchange"),
    "fee": mark("fee"),
    "other": mark("other"),
}
FAMILY = {
    "generic": mark("Money movement"),
    "sexual_exploitation": mark("Sexual exploitation"),
    "forced_labour": mark("Forced labour"),
    "migrant_smuggling": mark("Migrant smuggling"),
    "gold_minerals": mark("Gold and minerals"),
    "narcotics": mark("Narcotics"),
    "arms": mark("Arms"),
    "wildlife_timber": mark("Wildlife and timber"),
    "fuel": mark("Fuel"),
    "extortion": mark("Extortion"),
    "political_exposure": mark("Political exposure"),
    "sanctions": mark("Sanctions"),
}
SEGMENT = {
    "payroll": mark("payroll"),
    "biller": mark("biller"),
    "licensed_agent": mark("licensed agent"),
    "aid_programme": mark("aid programme"),
    "exchange": mark("crypto exchange"),
    "state_account": mark("state account"),
    "savings_circle": mark("savings circle"),
    "cooperative": mark("cooperative"),
    "licensed_trader": mark("licensed trader"),
    "bureau_de_change": mark("bureau de change"),
    "group_company": mark("company of a known group"),
    "recruiter": mark("recruiter"),
    "property_agent": mark("property agent"),
}
EITHER = mark("%(some)s or %(last)s")
PERSON_ROLE = {
    "partner": mark("partner"),
    "analyst": mark("analyst"),
    "supervisor": mark("supervisor"),
    "auditor": mark("auditor"),
    "admin": mark("admin"),
}
ENTRY = {
    "house.opened": mark("house opened"),
    "house.recovered": mark("house recovered"),
    "partner.registered": mark("partner registered"),
    "partner.limited": mark("quota of a partner set"),
    "key.issued": mark("key issued"),
    "key.revoked": mark("key revoked"),
    "account.created": mark("account created"),
    "account.changed": mark("account changed"),
    "factor.enrolled": mark("second factor taken up"),
    "factor.removed": mark("second factor taken away"),
    "reference.loaded": mark("reference table loaded"),
    "learning.proposed": mark("learned order proposed"),
    "learning.promoted": mark("learned order promoted"),
    "learning.withdrawn": mark("learned order withdrawn"),
    "detector.backtested": mark("detector tried on past data"),
    "detector.proposed": mark("change of a detector proposed"),
    "detector.decided": mark("change of a detector decided"),
    "batch.accepted": mark("submission accepted"),
    "batch.read": mark("rows of a submission read"),
    "batch.refused": mark("submission refused"),
    "partner.handled": mark("handling of a partner set"),
    "batch.handled": mark("handling of a submission set"),
    "handling.consented": mark("consent of an originator recorded"),
    "alert.exported": mark("alert exported"),
    "case.exported": mark("case exported"),
    "run.started": mark("run started"),
    "run.finished": mark("run finished"),
    "run.incomplete": mark("run incomplete"),
    "run.failed": mark("run failed"),
    "run.replayed": mark("run replayed"),
    "alert.assigned": mark("alert assigned"),
    "alert.decided": mark("alert decided"),
    "alert.noted": mark("alert annotated"),
    "alert.restricted": mark("alert restricted"),
    "alert.read": mark("alert read"),
    "flow.read": mark("movements of accounts read"),
    "flow.followed": mark("money followed"),
    "view.saved": mark("view of the queue saved"),
    "case.opened": mark("case opened"),
    "case.changed": mark("case changed"),
    "case.noted": mark("case annotated"),
    "case.moved": mark("case moved on"),
    "case.restricted": mark("case restricted"),
    "case.merged": mark("cases merged"),
    "case.split": mark("case split"),
    "case.read": mark("case read"),
    "suppression.proposed": mark("suppression proposed"),
    "suppression.decided": mark("suppression decided"),
    "entity.read": mark("account page read"),
    "entity.unmasked": mark("identifiers shown in clear"),
    "entity.compared": mark("accounts compared"),
    "session.opened": mark("session opened"),
    "session.closed": mark("session closed"),
    "access.denied": mark("access denied"),
}
ACTOR_ROLE = PERSON_ROLE | {"operator": mark("operator"), "none": mark("nobody")}
STATUS = {
    "accepted": mark("accepted"),
    "refused": mark("refused"),
    "started": mark("running"),
    "finished": mark("finished"),
    "incomplete": mark("incomplete"),
    "failed": mark("failed"),
    "done": mark("done"),
    "identical": mark("identical"),
    "different": mark("different"),
    "not comparable": mark("not comparable"),
}
UNIT = {
    "seconds": mark("seconds"),
    "days": mark("days"),
    "count": "",
    "per_mille": "‰",
    "money": mark("in the base currency"),
    "ratio": "×",
}
KIND = {"rule": mark("rule"), "pattern": mark("pattern"), "model": mark("model")}
AGAINST = {
    "baseline": "",
    "chance": mark("against shuffled payments"),
    "held_back": mark("against accounts held back"),
}
"""What the surprisal of a part was measured against, where the finding brought it."""
RECORD = mark("worth a look: %(worth)s of %(decided)s decided alerts with it (%(low)s to %(high)s %%)")
"""The record of a detector, with the 95 % interval of the share."""
LEARNED = mark("points × %(factor)s, learned from decisions")
PLACES = mark("%(queue)s for the queue, %(below)s below the line")
THE_SCORE = mark("the score")
SENSE = {"at_least": mark("at least %(value)s"), "at_most": mark("at most %(value)s")}
NOTICE = {
    "assigned": mark("The assignment is recorded."),
    "noted": mark("The note is recorded."),
    "restricted": mark("The restriction is recorded."),
    "submitted": mark("The submission is recorded."),
    "run": mark("The run has ended."),
    "signed-out": mark("You are signed out."),
    "ended": mark("Your session has ended. Sign in again."),
    "changed": mark("The change is recorded."),
    "case-opened": mark("The case is open."),
    "suppression": mark("The proposal is recorded. It does nothing until a second person approves it."),
    "several": mark("The marked alerts are assigned."),
    "taken": mark("The alert is yours: nobody else can take it while it is."),
    "none-left": mark("Nobody's alerts are left in this view."),
    "view-saved": mark("The view is saved."),
    "view-forgotten": mark("The view is forgotten."),
    "learned": mark("The proposal is recorded, better or not. Nothing has changed."),
    "promoted": mark("The order is in use for runs from now on."),
    "withdrawn": mark("The formula orders the queue again, for runs from now on."),
    "setting-proposed": mark("The proposal is recorded. Nothing changes until a second person approves it."),
    "setting-approved": mark("The detector is set so, for runs from now on."),
    "setting-refused": mark("The proposal is refused. Nothing has changed."),
}
LEARNED_COUNT = {
    "count": mark("Decisions that count"),
    "worth": mark("of those, worth a look"),
    "sampled": mark("of those, about alerts drawn from below the line"),
    "by_learned_order": mark("of those, from a queue in a learned order"),
    "without_bearing": mark("Decisions that tell nothing of a detector"),
    "needed": mark("Decisions needed in all"),
    "needed_of_each": mark("of those, needed of each kind"),
}
DETECTOR_STATUS = {
    "live": mark("live: raises alerts"),
    "test": mark("on trial: recorded, without alerts"),
    "off": mark("off: does not run"),
    "draft": mark("a draft: does not run"),
    "retired": mark("retired: does not run"),
}
SHORT_STATUS = {
    "live": "",
    "test": mark("on trial"),
    "off": mark("off"),
    "draft": mark("a draft"),
    "retired": mark("retired"),
}
COUNTED = {"findings": mark("Findings"), "accounts": mark("Accounts that are flagged")}
DIFF = {
    "added": mark("Alerts that only the later run has"),
    "removed": mark("Alerts that only the earlier run has"),
    "moved": mark("Alerts whose score moved"),
}
FIGURE = {
    "submissions": mark("Submissions"),
    "refused": mark("refused"),
    "accepted": mark("Rows accepted"),
    "duplicates": mark("Duplicates"),
    "rejected": mark("Rejected"),
    "count": mark("Count"),
    "decided": mark("Decided"),
    "escalated": mark("Escalated"),
    "share": mark("Share escalated (95 %% interval)"),
}
FIGURES = {
    "submissions": mark("Submissions by partner"),
    "raised": mark("Alerts first raised, by severity"),
    "decisions": mark("Decisions"),
    "reasons": mark("Reasons of decisions"),
    "detectors": mark("Decisions by detector"),
    "cases": mark("Cases"),
    "runs": mark("Runs"),
    "acts": mark("Acts in the journal"),
}
LEARNING_ACT = {"promoted": mark("put to use"), "withdrawn": mark("withdrawn")}


def role(code: str, *, several: bool) -> str:
    """What a role is called. Who takes money from one account, or cash, collects from nobody: `several` says who does."""
    return _FROM_ONE_OR_CASH if code == "collector" and not several else ROLE.get(code, code)
