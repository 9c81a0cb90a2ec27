"""What may be asked of the outbox."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Channel
from dunning.channels.registry import configured, named
from dunning.models import Reminder, ReminderQuerySet
from lending.forms import day_input


class OutboxFilter(django_filters.FilterSet):  # type: ignore[misc]  # it brings no types
    """A filter whose value makes no sense is passed over."""

    state = django_filters.ChoiceFilter(choices=Reminder.State.choices)
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("Channel"), empty_label=_("All"))
    gateway = django_filters.ChoiceFilter(method="filter_gateway", label=_("Gateway"), empty_label=_("All"))
    day = django_filters.DateFilter(field_name="local_day", label=_("Day"), widget=day_input())
    dead = django_filters.BooleanFilter(method="filter_dead")

    class Meta:
        model = Reminder
        fields = ("state", "channel", "gateway", "day", "dead")

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.filters["gateway"].extra["choices"] = [(each.name, each.name) for each in configured()]

    def filter_gateway(self, queryset: ReminderQuerySet, name: str, value: str) -> ReminderQuerySet:
        gateway = named(value)
        assert gateway is not None, "only gateways that there are can be chosen"
        untried = Reminder.objects.filter(gateway="").served_by(gateway)
        return queryset.filter(Q(gateway=value) | Q(pk__in=untried.values("pk")))

    def filter_dead(self, queryset: ReminderQuerySet, name: str, value: bool) -> ReminderQuerySet:
        return queryset.dead() if value else queryset
