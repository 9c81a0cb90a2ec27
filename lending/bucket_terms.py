"""A product's own buckets as one text, such as "0, 1-3, 4-15, 16-30, 31-" or "M0 0, early 1-7, M1 8-30, M2 31-".

A bucket is called by its bounds unless a name stands before them. An empty text stands for the house's.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from lending.buckets import BUCKETS, Bucket, Buckets
from lending.models import Product

BUCKETS_MAX: Final = 20
NAME_MAX: Final = 8
_BETWEEN = re.compile(r"[,，;；/、\n]")
_ONE = re.compile(r"(?:(?P<name>[^\W\d_]\w*)\s+)?(?P<first>\d{1,4})\s*(?P<on>[-–—~～至+](?:\s*(?P<last>\d{1,4}))?)?")


class BucketsError(ValueError):
    """A text that makes no buckets, in words for whoever wrote it."""


@lru_cache(maxsize=256)
def buckets_of(text: str) -> Buckets:
    """The buckets that a text makes; BucketsError says what does not fit."""
    if not text.strip():
        return BUCKETS
    found = tuple(_one(part.strip()) for part in _BETWEEN.split(text))
    if len(found) > BUCKETS_MAX:
        raise BucketsError(_("At most %(most)s buckets.") % {"most": BUCKETS_MAX})
    if found[0].days_min or found[0].days_max:
        raise BucketsError(_("The first bucket is 0: nothing past due."))
    for below, above in pairwise(found):
        if below.days_max is None or above.days_min != below.days_max + 1:
            words = _("After “%(below)s” comes the bucket that begins on day %(day)s; “%(above)s” does not.")
            day = "–" if below.days_max is None else below.days_max + 1
            raise BucketsError(words % {"below": _words(below), "above": _words(above), "day": day})
    if found[-1].days_max is not None:
        end = found[-1].days_max + 1
        raise BucketsError(_("Days from %(day)s on have no bucket: end with %(day)s-.") % {"day": end})
    if len({each.code for each in found}) < len(found):
        raise BucketsError(_("Two buckets have the same name."))
    return found


def text_of(buckets: Buckets) -> str:
    """The buckets as a text that makes them again."""
    return ", ".join(map(_words, buckets))


def of_product(code: str, on: date) -> Buckets:
    """The buckets of the version of a product that holds on that day; the house's where there is no such product."""
    versions = Product.objects.filter(code=code).order_by("-valid_from").values_list("valid_from", "buckets")
    texts = list(versions)
    holds = next((text for valid_from, text in texts if valid_from <= on), texts[-1][1] if texts else "")
    return buckets_of(holds)


def in_bucket(product_code: str, name: str, on: date) -> Q:
    """The condition on a loan of that product to stand in its own bucket of that name on that day."""
    found = Q(pk=None)
    for version in Product.objects.filter(code=product_code).only("buckets", "day_zero"):
        for each in buckets_of(version.buckets):
            if each.code == name:
                found |= Q(product=version.pk) & _days_in(each, on + timedelta(days=not version.day_zero))
    return found


def _days_in(bucket: Bucket, day: date) -> Q:
    """`day` is the one on which a loan that counts from it has no days past due."""
    if bucket.days_max == 0:
        return Q(arrears__oldest_due_on=None)
    within = Q(arrears__oldest_due_on__lte=day - timedelta(days=bucket.days_min))
    if bucket.days_max is not None:
        within &= Q(arrears__oldest_due_on__gte=day - timedelta(days=bucket.days_max))
    return within


def _one(text: str) -> Bucket:
    match = _ONE.fullmatch(text)
    if match is None:
        raise BucketsError(
            _("“%(text)s” is no bucket: write days like 1-30, with a name before them if you like.") % {"text": text}
        )
    name, first, last = match["name"], int(match["first"]), match["last"]
    days_max = int(last) if last else None if match["on"] else first
    if days_max is not None and days_max < first:
        raise BucketsError(_("“%(text)s” ends before it begins.") % {"text": text})
    if name and len(name) > NAME_MAX:
        raise BucketsError(
            _("“%(name)s” is too long a name: at most %(most)s characters.") % {"name": name, "most": NAME_MAX}
        )
    return Bucket(name or _bounds(first, days_max), first, days_max)


def _bounds(first: int, days_max: int | None) -> str:
    if days_max is None:
        return f"{first}+"
    return str(first) if days_max == first else f"{first}-{days_max}"


def _words(bucket: Bucket) -> str:
    bounds = _bounds(bucket.days_min, bucket.days_max)
    return bounds if bucket.code == bounds else f"{bucket.code} {bounds}"
