"""The words of cases and suppressions: states, outcomes, acts, and the standard items of the checklist."""

from __future__ import annotations

from service.web.words import mark

STATE = {
    "draft": mark("Draft"),
    "proposed": mark("Proposed"),
    "second_review": mark("Second review"),
    "decided": mark("Decision taken"),
    "merged": mark("Merged into another"),
}
OUTCOME = {
    "disseminate": mark("Disseminate to the authorities"),
    "refer_for_protection": mark("Refer people for protection"),
    "keep_watching": mark("Keep watching"),
    "no_further_action": mark("No further action"),
}
ITEM = {
    "victims_considered": mark("Who in this may be a victim, and what protects them, was considered"),
    "lawful_explanations": mark("The lawful things that it may be were looked into"),
    "accounts_identified": mark("The holders of the accounts are known, or it is noted that they are not"),
    "other_reports": mark("Earlier cases and reports on the same accounts were looked up"),
    "originator_caveats": mark("The caveats of those who submitted the data were read"),
}
DONE = {
    "open": mark("opened the case"),
    "add_alerts": mark("added alerts"),
    "remove_alerts": mark("took alerts out"),
    "rename": mark("changed the title"),
    "lead": mark("named who leads"),
    "tick": mark("marked an item"),
    "add_item": mark("added an item to the checklist"),
    "add_task": mark("added a task"),
    "finish_task": mark("marked a task"),
    "attach": mark("added a file"),
    "detach": mark("took a file out"),
    "set_due": mark("set when it is due"),
    "pause": mark("stopped the clock"),
    "resume": mark("let the clock go on"),
    "note": mark("noted"),
    "propose": mark("proposed a decision"),
    "review": mark("took the second review"),
    "confirm": mark("confirmed the decision"),
    "return": mark("sent it back"),
    "withdraw": mark("withdrew the proposal"),
    "reopen": mark("reopened the case"),
    "restrict": mark("changed who may see it"),
    "merge": mark("took another case in"),
    "merged": mark("the case went into another"),
    "split": mark("moved alerts into a new case"),
}
VOIDED = mark("the proposal no longer stands")
UNDONE = mark("undone")
NOT_DONE = mark("not done after all")
EVERYBODY = mark("everybody who works on cases")
NO_DAY = mark("no day")
SUPPRESSION = {
    "proposed": mark("Waits for a second person"),
    "approved": mark("Approved"),
    "refused": mark("Refused"),
    "ended": mark("Ended"),
}
VIEWS = {
    "open": mark("All open"),
    "mine": mark("Led by me"),
    "waiting": mark("Waiting for my review"),
    "late": mark("Due today or late"),
    "decided": mark("Decided"),
}
