"""Which gateways there are, and the adapter and the webhook of each."""

from collections.abc import Callable

from django.conf import settings

from dunning.channels.configuration import EMAIL, HOUSE, SMS, TWILIO, GatewaySettings, house_gateway
from dunning.channels.house.adapter import House
from dunning.channels.interface import Adapter
from dunning.channels.mail.adapter import Mail
from dunning.channels.sms.adapter import Sms
from dunning.channels.twilio.adapter import Twilio

ADAPTERS: dict[str, Callable[[GatewaySettings], Adapter]] = {HOUSE: House, SMS: Sms, TWILIO: Twilio, EMAIL: Mail}


def configured() -> tuple[GatewaySettings, ...]:
    """Those that are set up, and the one at PROVIDER_URL for the channels that they leave."""
    others: tuple[GatewaySettings, ...] = settings.GATEWAYS
    if not settings.PROVIDER_URL:
        return others
    elsewhere = frozenset(channel for each in others for channel in each.channels)
    return (*others, house_gateway(settings.PROVIDER_URL, settings.PROVIDER_KIND, elsewhere))


def named(name: str) -> GatewaySettings | None:
    return next((each for each in configured() if each.name == name), None)


def adapter_of(gateway: GatewaySettings) -> Adapter:
    return ADAPTERS[gateway.adapter](gateway)
