"""Where a request comes from. What a header says of that counts only when a proxy of ours wrote it."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind TRUSTED_PROXIES the last address in X-Forwarded-For that is none of theirs."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    if not trusted:
        return address
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _is_in(address, trusted) and _is_address(hops[-1]):
        address = hops.pop()
    return address


def network_of(address: str) -> str:
    """What is counted as one place: an IPv4 address, or the /64 that one IPv6 customer has to choose from."""
    if not _is_address(address):
        return address
    found = ip_address(address)
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4)
def _networks(stated: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(each, strict=False) for each in stated]


def _is_in(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)
