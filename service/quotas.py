"""What a partner may send in a day (UTC): batches and bytes, set by the keeper of the house. Without a word there is no limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.errors import QuotaExceeded, RequestInvalid
from service.house import House
from service.ledger import views
from service.ledger.views import Reads

_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Quota:
    """What a partner may send in a day, and what it has sent today; None is no limit. Refused submissions count as well."""

    partner: str
    batches_a_day: int | None
    bytes_a_day: int | None
    batches_today: int
    bytes_today: int

    def require_room(self, size: int, now: datetime, *, batches: int = 0, bytes: int = 0) -> None:  # noqa: A002 - the unit
        """Raise QuotaExceeded where one more submission of `size` bytes is too much; `batches` and `bytes` are in hand."""
        full_batches = self.batches_a_day is not None and self.batches_today + batches + 1 > self.batches_a_day
        full_bytes = self.bytes_a_day is not None and self.bytes_today + bytes + size > self.bytes_a_day
        if full_batches or full_bytes:
            limit = f"{self.batches_a_day:,} submissions" if full_batches else f"{self.bytes_a_day:,} bytes"
            midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            raise QuotaExceeded(
                f"this partner may send {limit} in a day (UTC)",
                retry_seconds=int((midnight - now).total_seconds()) + 1,
                remedy="Send the rest tomorrow, or ask the keeper of the service for more.",
            )


def quota_of(ledger: Reads, partner: str, now: datetime) -> Quota:
    """The quota of a registered partner. Raises NotFound."""
    views.partner(ledger, partner)
    limits = ledger.query("select batches_a_day, bytes_a_day from current_quotas where partner = ?", [partner])
    batches, size = limits[0] if limits else (None, None)
    today = now.astimezone(UTC).strftime("%Y-%m-%d")
    ((count, sent),) = ledger.query(
        "select count(*), coalesce(sum(size), 0)::bigint from batches where partner = ? and recorded_at >= ?",
        [partner, today],
    )
    return Quota(partner, batches, size, int(count), int(sent))


def set_quota(
    house: House, partner: str, *, batches_a_day: int | None, bytes_a_day: int | None, **who: str
) -> dict[str, Any]:
    """Set what a registered partner may send in a day; None is no limit. Raises NotFound, RequestInvalid."""
    views.partner(house.ledger, partner)
    for name, limit in (("batches_a_day", batches_a_day), ("bytes_a_day", bytes_a_day)):
        if limit is not None and not 0 <= limit <= _LARGEST:
            raise RequestInvalid("a limit is a whole number from 0", where=name, value=str(limit))
    told = {"partner": partner, "batches_a_day": batches_a_day, "bytes_a_day": bytes_a_day}
    house.record(
        "partner.limited", told, object=partner, actor=who["actor"], role=who["role"], session=who.get("session", "")
    )
    return told
