"""One step of look-ahead: the next item is made in a second thread while the caller works on this one. The order stays."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order; at most one more of them is in memory. An error comes at the item's place."""
    end = object()
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming: Future[T | object] = worker.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = worker.submit(next, items, end)
            yield item  # type: ignore[misc]
