"""Borrowers and how they may be reached. Names, numbers and addresses are masked by type and encrypted at rest."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.personal import (
    EmailAddress,
    IdentityNumber,
    Personal,
    PersonalField,
    PersonName,
    PhoneNumber,
    PostalAddress,
)
from lending.scope import borrowers_of


class BorrowerQuerySet(models.QuerySet["Borrower"]):
    def visible_to(self, user: Any) -> "BorrowerQuerySet":
        return self.filter(borrowers_of(user))

    def named(self, text: str) -> "BorrowerQuerySet":
        """Borrowers whose whole name, or one of its parts, is this text; never a substring."""
        digest = PersonName(text).digest()
        return self.filter(pk__in=NameDigest.objects.filter(digest=digest).values("borrower"))

    def reached_by(self, number: str) -> "BorrowerQuerySet":
        """Borrowers with a contact point of exactly this number."""
        digest = PhoneNumber(number).digest()
        return self.filter(pk__in=ContactPoint.objects.filter(digest=digest).values("borrower"))


def seen_through(path: str, user: Any) -> Q:
    """The condition on rows that lead to a borrower by `path`: those whose borrower this user sees."""
    condition = borrowers_of(user)
    return Q(**{f"{path}__in": Borrower.objects.filter(condition)}) if condition else condition


class Borrower(models.Model):
    """A person or a small firm who owes: one record over all loans and funders."""

    class Language(models.TextChoices):
        EN = "en", _("English")
        ZH = "zh-hans", _("Simplified Chinese")

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = PersonalField(PersonName, default="", blank=True)
    identity = PersonalField(IdentityNumber, default="", blank=True)
    identity_digest = models.CharField(max_length=43, blank=True, db_index=True)
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.ZH)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="merged_from",
        help_text="the record of the same person that stays; what is here still is evidence",
    )

    objects = BorrowerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")), name="nobody_is_merged_into_themselves"
            )
        ]

    def __str__(self) -> str:
        return str(self.name) or self.ref


class NameDigest(models.Model):
    """A keyed digest of a borrower's whole name or of one of its parts: how a name is found."""

    borrower = models.ForeignKey(Borrower, models.CASCADE, related_name="name_digests")
    digest = models.CharField(max_length=43)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "borrower"], name="name_digest_once_per_borrower")]

    def __str__(self) -> str:
        return f"name of {self.borrower_id}"


class ContactPoint(models.Model):
    """A number or an address; whether it may be used is for the contact gate to say."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        PHONE = "phone", _("Landline")
        EMAIL = "email", _("E-mail")
        ADDRESS = "address", _("Postal address")

    class Holder(models.TextChoices):
        """Who is reached there. Anybody but the borrower is contacted only as the contact rules say."""

        BORROWER = "borrower", _("The borrower")
        GUARANTOR = "guarantor", _("A guarantor")
        CONTACT = "contact", _("A contact person")

    class Quality(models.TextChoices):
        UNTRIED = "untried", _("Untried")
        CONFIRMED = "confirmed", _("Confirmed")
        SILENT = "silent", _("No answer")
        WRONG_PERSON = "wrong_person", _("Wrong person")
        GONE = "gone", _("Number gone")

    borrower = models.ForeignKey(Borrower, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MOBILE)
    holder = models.CharField(
        max_length=10, choices=Holder.choices, default=Holder.BORROWER, db_default=Holder.BORROWER.value
    )
    value = PersonalField(Personal)
    digest = models.CharField(max_length=43, db_index=True)
    quality = models.CharField(max_length=15, choices=Quality.choices, default=Quality.UNTRIED)
    source = models.CharField(max_length=40, default="lender")
    added_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "digest"],
                condition=models.Q(retired_at=None),
                name="contact_point_once_per_borrower",
            )
        ]

    def __str__(self) -> str:
        return str(self.typed)

    @property
    def typed(self) -> Personal:
        """The value as the type that masks it rightly."""
        return typed_as(self.kind)(self.value.unmasked())


def typed_as(kind: str) -> type[Personal]:
    """The type that masks and digests a contact point of that kind."""
    types: dict[str, type[Personal]] = {"email": EmailAddress, "address": PostalAddress}
    return types.get(kind, PhoneNumber)


USABLE_QUALITIES = [ContactPoint.Quality.CONFIRMED, ContactPoint.Quality.UNTRIED, ContactPoint.Quality.SILENT]
"""Points that may still be tried, best first."""
