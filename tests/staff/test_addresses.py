"""Where a request comes from: what a header says counts only from a proxy of ours."""

from typing import Any

import pytest
from django.test import RequestFactory

from staff.addresses import client_address, network_of


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ([], "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["10.0.0.0/24"], "10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (["10.0.0.1"], "10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (["10.0.0.1"], "203.0.113.5", "198.51.100.7", "203.0.113.5"),
        (["10.0.0.1"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.1", "<script>", "10.0.0.1"),
        (["::1"], "::1", "2001:db8::9", "2001:db8::9"),
        (["10.0.0.1"], "", "203.0.113.9", ""),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(
    settings: Any, trusted: list[str], peer: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == expected


@pytest.mark.parametrize(
    ("address", "place"),
    [("10.0.0.1", "10.0.0.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", ""), ("unix", "unix")],
)
def test_one_place_is_an_address_or_a_customers_network(address: str, place: str) -> None:
    assert network_of(address) == place
