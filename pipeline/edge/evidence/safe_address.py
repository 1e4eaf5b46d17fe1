"""Which addresses may be reached for somebody else's sake: whoever writes a URL into an order must not make us ask our own network."""

import re
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from schemas.errors import BadMessage

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER: Final = tuple(
    map(
        ip_network,
        ("169.254.0.0/16", "fe80::/10", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128"),
    )
)
"""Of this machine's link, and where clouds tell a machine its credentials: reached for nobody, whatever a setting allows."""
_WITHIN_6: Final = ip_network("64:ff9b::/96")
_SEPARATORS: Final = re.compile(r"[ ,]+")


def hosts_of(text: str | None) -> tuple[str, ...]:
    """The names of a setting, in lower case."""
    return tuple(filter(None, _SEPARATORS.split((text or "").casefold())))


def networks_of(text: str | None) -> tuple[Network, ...]:
    """The networks of a setting.

    Raises:
        BadMessage: one of them is none.
    """
    try:
        return tuple(ip_network(one) for one in _SEPARATORS.split(text or "") if one)
    except ValueError:
        raise BadMessage("wrong_format", "evidence_networks", "networks such as 10.20.0.0/16") from None


def is_host_named(host: str, hosts: Iterable[str]) -> bool:
    """Whether one of `hosts` is it, or stands for it: `*.example.cn` for all below example.cn, `*` for any.

    >>> is_host_named("a.example.cn", ("*.example.cn",)), is_host_named("example.cn.evil.com", ("*.example.cn",))
    (True, False)
    """
    host = host.casefold().rstrip(".")
    return any(one in ("*", host) or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)


def may_reach(address: Address, networks: Sequence[Network]) -> bool:
    """Whether the address is public, or in one of `networks`; an address of version 4 within one of version 6 is judged by itself.

    >>> [may_reach(ip_address(one), ()) for one in ("93.184.216.34", "10.1.2.3", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    >>> may_reach(ip_address("10.1.2.3"), (ip_network("10.0.0.0/8"),)), may_reach(ip_address("169.254.1.1"), (ip_network("0.0.0.0/0"),))
    (True, False)
    """
    address = _inner(address)
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    if any(address in network for network in networks if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


def resolved(host: str, port: int) -> tuple[Address, ...]:
    """All addresses of the host, each once.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _WITHIN_6:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
