"""What a reader wants to see of the queue, as it is carried in addresses from page to page and back. It holds no name of anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from schemas.detector import SEVERITIES
from service.alerts.book import SORTS, Alert, Filter, Sort
from service.alerts.due import due_until
from service.alerts.glance import Corridor
from service.house import utc_now
from service.http import review
from service.http.deps import Caller
from service.web import words

VIEWS = {
    "open": words.mark("All open"),
    "due": words.mark("Due today or late"),
    "critical": words.mark("Critical"),
    "second": words.mark("Needs second review"),
    "mine": words.mark("Assigned to me"),
    "decided": words.mark("Decided"),
    "below": words.mark("Below the line"),
    "sample": words.mark("Sample"),
    "suppressed": words.mark("Kept out of the queue"),
}
_ANYWHERE = ("mine", "decided", "second")
"""What somebody took or decided is shown wherever it lies; the other views keep to one side of the line."""
MOST_LOOKED_INTO = 2_000
"""Alerts whose evidence is looked into for a corridor; with more the list must be narrowed first."""
_CORRIDOR = re.compile(r"([A-Z]{2})?-([A-Z]{2})?")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A view of the queue, what narrows it, its order, and the page. `found` is the id of a search."""

    view: str = "open"
    severity: str = ""
    detector: str = ""
    partner: str = ""
    corridor: str = ""
    found: str = ""
    sort: Sort = "score"
    cursor: str = ""

    @classmethod
    def of(cls, text: str) -> Asked:
        """From the query of an address; what is not known is left out."""
        given = {name: values[0] for name, values in parse_qs(text.removeprefix("?"), max_num_fields=20).items()}
        view, severity, sort = (given.get(name, "") for name in ("view", "severity", "sort"))
        corridor = given.get("corridor", "").strip().upper()
        plain = {
            name: value if _ID.fullmatch(value := given.get(name, "")) else ""
            for name in ("detector", "partner", "found")
        }
        return cls(
            view=view if view in VIEWS else "open",
            severity=severity if severity in SEVERITIES else "",
            corridor=corridor if len(corridor) > 1 and _CORRIDOR.fullmatch(corridor) else "",
            sort=sort if sort in SORTS else "score",
            cursor=given.get("cursor", "")[:200],
            **plain,
        )

    @property
    def carried(self) -> str:
        """As the query of an address. It always names the view, for the bare address leads to the reader's own first one."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "sort"}
        given["sort"] = self.sort if self.sort != "score" else ""
        return f"?{urlencode({name: value for name, value in given.items() if value})}"

    @property
    def at_first(self) -> Asked:
        """The same from its first page."""
        return replace(self, cursor="")

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the view and the order is asked for."""
        return bool(self.severity or self.detector or self.partner or self.corridor or self.found)

    def filter(self, caller: Caller) -> Filter | None:
        """The same as a filter of the book; None where a corridor is asked of more alerts than are looked into."""
        only = Filter(
            states=review.DECIDED if self.view == "decided" else None if self.view == "second" else review.OPEN,
            severity="critical" if self.view == "critical" else self.severity or None,
            detector=self.detector or None,
            assignee=caller.person.account if self.view == "mine" else None,
            place=None
            if self.view in _ANYWHERE
            else "queue"
            if self.view not in {"below", "sample", "suppressed"}
            else self.view,  # type: ignore[arg-type]
            partner=self.partner or None,
            due=due_until(utc_now()) if self.view == "due" else None,
            second_review=self.view == "second",
            holding=caller.office.searches.text(caller.person.account, self.found) if self.found else None,
        )
        if (self.found and only.holding is None) or (self.view == "sample" and not caller.person.may("alerts.sample")):
            only = replace(only, alerts=())
        if not self.corridor:
            return only
        book = caller.office.house.alerts
        found = book.page(caller.alerts, only=only, limit=MOST_LOOKED_INTO + 1)
        return None if len(found) > MOST_LOOKED_INTO else replace(only, alerts=self._along(caller, found))

    def _along(self, caller: Caller, found: Sequence[Alert]) -> list[str]:
        """Which of these alerts have money along the corridor that is asked for."""
        source, _, target = self.corridor.partition("-")

        def fits(way: Corridor) -> bool:
            return source in {"", way[0]} and target in {"", way[1]}

        return [
            alert for alert, seen in caller.office.house.glances.of(found).items() if any(map(fits, seen.corridors))
        ]


def views_for(caller: Caller) -> dict[str, str]:
    """The views that a person is offered. Who reviews does not see which alerts are the sample."""
    return {name: label for name, label in VIEWS.items() if name != "sample" or caller.person.may("alerts.sample")}
