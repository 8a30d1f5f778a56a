"""The socket of a server gives connections that send an answer at once."""

from __future__ import annotations

import socket

from service.cli.listening import listen


def test_no_answer_waits_for_the_client_to_confirm_its_head() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()[:2]):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
