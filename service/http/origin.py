"""Where a request comes from: the address of its sender, whom a proxy of our own may name, and the page that made it.

A header is believed only from a proxy that the settings name: anybody can write one.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from fastapi import Request

Network = IPv4Network | IPv6Network


def client_of(request: Request, proxies: Sequence[Network] = ()) -> str:
    """The address that a request comes from, as far as the server knows; see `sender`."""
    peer = request.client.host if request.client else "unknown"
    return sender(peer, request.headers.getlist("x-forwarded-for"), proxies)


def sender(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """The nearest address that is not one of our proxies, read from the end of the `X-Forwarded-For` lines.

    What stands before it was written by that sender and is not believed. A part that is no address ends the reading.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    found = peer
    while hops and _is_ours(found, proxies):
        address = _address(hops.pop())
        if address is None:
            break
        found = str(address)
    return found


def comes_from_here(request: Request) -> bool:
    """Whether a browser says that a request was made by our own pages. A request that changes something needs it to."""
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host")
    return request.headers.get("sec-fetch-site") == "same-origin"


def _is_ours(text: str, proxies: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
