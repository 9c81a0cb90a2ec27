"""Products and funders as dated versions: which one holds on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from lending.models import ALWAYS, Funder, FunderVersion, Product

NAMES = ("name", "name_zh", "signature", "signature_zh", "service_phone", "lender_kind")
"""What a funder's row repeats of its version in force."""


def product_versions(codes: Iterable[str]) -> dict[str, list[Product]]:
    """The versions of each product, the oldest first: one query."""
    found: dict[str, list[Product]] = defaultdict(list)
    for product in Product.objects.filter(code__in=list(codes)).order_by("code", "valid_from"):
        found[product.code].append(product)
    return dict(found)


def version_on(versions: Sequence[Product], on: date) -> Product:
    """The version that holds for a loan that starts on that day; the oldest for one that started before any."""
    return next((each for each in reversed(versions) if each.valid_from <= on), versions[0])


def funder_versions(funder: Funder) -> list[FunderVersion]:
    """The funder's versions, the oldest first; one that was never changed has always been as it stands."""
    kept = list(FunderVersion.objects.filter(funder=funder).select_related("change").order_by("valid_from"))
    return kept or [as_it_stands(funder)]


def as_it_stands(funder: Funder) -> FunderVersion:
    """A version that says what the funder's own row says."""
    return FunderVersion(funder=funder, valid_from=ALWAYS, **{name: getattr(funder, name) for name in NAMES})


def funder_on(funder: Funder, on: date) -> FunderVersion:
    """The funder's name, signature and rights as of a day."""
    versions = funder_versions(funder)
    return next((each for each in reversed(versions) if each.valid_from <= on), versions[0])


def bring_up_funders(on: date) -> int:
    """Let each funder's own row say what its version of that day says; how many were changed."""
    in_force: dict[int, FunderVersion] = {}
    for version in FunderVersion.objects.filter(valid_from__lte=on).select_related("funder").order_by("valid_from"):
        in_force[version.funder_id] = version
    behind = []
    for version in in_force.values():
        said = {name: getattr(version, name) for name in NAMES}
        if said != {name: getattr(version.funder, name) for name in NAMES}:
            for name, value in said.items():
                setattr(version.funder, name, value)
            behind.append(version.funder)
    Funder.objects.bulk_update(behind, NAMES)
    return len(behind)
