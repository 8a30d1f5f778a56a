"""A bad line: a proxy that cuts every connection after a random number of bytes, until it has cut often enough."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class BadLine:
    """Listens on a port of this machine and passes on to another. `cuts` counts how often it has cut."""

    def __init__(self, port: int, *, cuts: int, most_bytes: int, seed: int) -> None:
        self.cuts, self._most, self._longest, self._port = 0, cuts, most_bytes, port
        self._random, self._lock = random.Random(seed), threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            with self._lock:
                breaks = self.cuts < self._most
                budgets = (
                    [self._random.randrange(self._longest), self._random.randrange(2, 4000)] if breaks else [None, None]
                )
            for source, target, budget in ((near, far, budgets[0]), (far, near, budgets[1])):
                threading.Thread(target=self._pass_on, args=(source, target, budget), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, budget: int | None) -> None:
        try:
            while piece := source.recv(1 << 14):
                if budget is not None and len(piece) > budget:
                    target.sendall(piece[:budget])
                    self._cut(source, target)
                    return
                budget = None if budget is None else budget - len(piece)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()

    def _cut(self, *ends: socket.socket) -> None:
        with self._lock:
            self.cuts += 1
        for end in ends:
            end.shutdown(socket.SHUT_RDWR)  # a close alone would not wake the thread that reads from it
            end.close()


@contextmanager
def bad_line(port: int, *, cuts: int, most_bytes: int, seed: int) -> Iterator[BadLine]:
    """A bad line to a port, for as long as it is needed."""
    line = BadLine(port, cuts=cuts, most_bytes=most_bytes, seed=seed)
    try:
        yield line
    finally:
        line.close()
