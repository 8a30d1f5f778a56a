"""The socket that a server listens on: had before anything else is begun, so that a port that is taken is said at once."""

from __future__ import annotations

import socket

from schemas.errors import RequestInvalid

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what an operator may have asked for


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises RequestInvalid where the address cannot be had, before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Every connection inherits it. Without it the body of an answer waits 40 ms for the client to confirm the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise RequestInvalid(
            f"this address cannot be listened on: {error.strerror}", where="--port", value=f"{host}:{port}",
            remedy="Choose another with --port; 0 takes a free one.",
        ) from error  # fmt: skip
    listener.listen(128)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address by which this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
