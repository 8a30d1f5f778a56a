"""What went wrong, in the reader's language. Errors themselves are English; those that the pages raise are translated here.

A text that is not known here is shown as it is: an error of a file or of a detector, say, which the API tells in English too.
"""

from __future__ import annotations

import re
from functools import cache

from service.web.language import catalogue
from service.web.words import mark

TEXTS = (
    mark("you may not do this"),
    mark("who proposed this may not promote it"),
    mark("Ask another supervisor."),
    mark("this order was not better than the present one on later decisions"),
    mark("The present order stands. Propose again when there are more decisions."),
    mark("there is a newer proposal"),
    mark("the present order is not the one that this was tried against"),
    mark("Propose again."),
    mark("Decide more alerts first."),
    mark("the formula orders the queue already"),
    mark("say why, in a few words"),
    mark("Ask your administrator if you should."),
    mark("no such alert"),
    mark("no such batch"),
    mark("Check the id; the list shows what there is."),
    mark("Not Found"),
    mark("the alert has changed since it was opened"),
    mark("no decision is marked"),
    mark("Mark one in the form."),
    mark("a note has at most %(count)s characters"),
    mark("Shorten it."),
    mark("a note needs words"),
    mark("Write what the next reader should know."),
    mark("there is no such act"),
    mark("there is no such reason"),
    mark("no open account of an analyst or supervisor has this login"),
    mark("Check it."),
    mark("this alert is restricted, and not to them"),
    mark("this cursor is not one of ours"),
    mark("Start without one."),
    mark("more alerts read in an hour than the budget allows"),
    mark("Ask for fewer, or wait."),
    mark("too many requests were refused"),
    mark("Try again in %(seconds)s s."),
    mark("say what it is for"),
    mark("Name the alert or the matter; it is recorded with your name."),
    mark("say what to follow: an account, or one transaction"),
    mark("Give an account, or a batch and a reference in it."),
    mark("no transaction of this account is in the ledger"),
    mark("Write the account as alerts show it."),
    mark("no such transaction is in the ledger"),
    mark("Check the batch and the reference."),
    mark("there is no money to follow here"),
    mark("Check account, currency and dates, or the direction."),
    mark("this transaction is later than that"),
    mark("nothing moved here in this currency"),
    mark("There is %(currencies)s."),
    mark("this account has several currencies"),
    mark("Say which to follow, or follow everything at its value in the base currency."),
    mark("this account has %(count)s transactions, more than the %(most)s that can be looked into"),
    mark("Follow one of its transactions instead."),
    mark("an amount is above zero and has at most four decimals"),
    mark("this is not an amount"),
    mark("Write it as 1234.50."),
    mark("this is not a date"),
    mark("Write it as 2026-03-31."),
    mark("this is not a whole number"),
    mark("between 1 and %(count)s hops can be followed"),
    mark("the least share is between 0 and 1000 per mille"),
    mark("a run is going already"),
    mark("Wait for it to end; it sees what was accepted before it began."),
    mark("a backtest is going already"),
    mark("a replay is going already"),
    mark("Wait for it to end."),
    mark("there is no such run"),
    mark("this login is taken"),
    mark("this login is reserved"),
    mark("Choose another."),
    mark("a login is small letters and digits, with single dots or dashes between them"),
    mark("For example: a.diallo or bank-alpha."),
    mark("an account of role partner names its partner, and no other does"),
    mark("the request has fields that are missing or not valid"),
    mark("another site made this request"),
    mark("Open the sign-in page here."),
    mark("the form holds no file"),
    mark("Send the file as the part `file`."),
    mark("a request here may have %(count)s bytes at most"),
    mark("no such case"),
    mark("no such account"),
    mark("no such suppression"),
    mark("a case needs a title of at most 200 characters"),
    mark("a case that is %(state)s takes no act %(act)s now"),
    mark("Possible here: %(acts)s."),
    mark("a %(role)s may not %(act)s a case"),
    mark("whoever proposed a decision cannot review it"),
    mark("whoever proposed a suppression cannot approve it"),
    mark("Ask a second person."),
    mark("only the %(who)s may %(act)s here"),
    mark("Take the second review first, or ask them."),
    mark("there is no such alert"),
    mark("there is no such case"),
    mark("these alerts are in the case already"),
    mark("these alerts are not all in the case"),
    mark("one alert must stay in the case"),
    mark("there is no such act to undo"),
    mark("the case has no such item"),
    mark("this item is marked so already"),
    mark("the case has no such file"),
    mark("the checklist has items that a proposal needs"),
    mark("Mark them as done first."),
    mark("this is not the evidence that was proposed on"),
    mark("whoever restricts a case must be among the people named"),
    mark("a case cannot be merged with itself"),
    mark("the two cases are not shown to the same people"),
    mark("a case has at most %(count)s alerts"),
    mark("a case has at most %(count)s of these"),
    mark("this case is restricted, and not to them"),
    mark("nothing is proposed in this case"),
    mark("say which revision you decide on"),
    mark("more read in an hour than the budget allows"),
    mark("a suppression needs a day and a reason"),
    mark("Give both."),
    mark("a suppression ends after today and within a year"),
    mark("Propose it again when it has run out, if it still holds."),
    mark("a suppression that is %(state)s takes no act %(act)s"),
    mark("this suppression has run out already"),
    mark("say why you need to see them"),
    mark("In at most %(count)s characters."),
    mark("an account is not compared with itself"),
    mark("there is no such verdict"),
    mark("this is looser than what was agreed with the partner: %(held)s"),
    mark("Leave it out or say %(held)s or stricter. To release a submission, say so of it once it is there."),
    mark("the same was submitted before under another handling"),
    mark("Say of that submission how it is to be handled."),
    mark("its originator gave some of it for named people alone (RED)"),
    mark("A supervisor restricts the alert to the people who may read it."),
    mark("mark alerts and people"),
    mark("You are among the people you name."),
    mark("whoever restricts an alert must be among the people named"),
    mark("Add your own login."),
    mark("what waits has changed since the page was opened"),
    mark("Mark them again."),
    mark("something went wrong here"),
    mark("Tell the operator when it happened."),
)
"""Each as it is raised, with a name for every part that changes."""


def told(text: str, language: str) -> str:
    """An error's text or remedy for a reader, beginning with a capital."""
    found = catalogue(language).gettext(text)
    if found == text:
        for pattern, template in _patterns():
            if match := pattern.fullmatch(text):
                found = catalogue(language).gettext(template) % match.groupdict()
                break
    return found[:1].upper() + found[1:]


def told_whole(why: str, remedy: str | None, language: str) -> str:
    """An error with its remedy, as sentences."""
    return f"{told(why, language)}. {told(remedy or '', language)}".strip()


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    named = [template for template in TEXTS if "%(" in template]
    return [(re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(each))), each) for each in named]
