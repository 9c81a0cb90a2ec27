"""Products and funders as dated versions: the lists, one of each with its versions, and putting a new version forward."""

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from lending import funder_terms, product_terms
from lending.changes import propose
from lending.edge import StaffRequest, day_of
from lending.guarantees import in_force
from lending.models import Change, Funder, Product
from lending.product_terms import STARTING_POINTS
from lending.terms_forms import FunderForm, ProductForm
from lending.versions import funder_versions, product_versions, version_on
from lending.views.changing import put_forward, who_and_when
from lending.words import day_count_words
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("lending.terms_read")
def products(request: StaffRequest) -> HttpResponse:
    """Every product with its version of the business date."""
    by_code = product_versions(Product.objects.values_list("code", flat=True).distinct())
    on = day_of(request)
    rows = [
        (product, day_count_words(product.day_count), len(versions), versions[-1].valid_from > on)
        for versions in by_code.values()
        for product in [version_on(versions, on)]
    ]
    context = {
        "rows": rows,
        "waiting": _waiting(Change.Kind.PRODUCT),
        "starting_points": [(name, words) for name, (words, _terms) in STARTING_POINTS.items()],
        "may_change": may(request.user.role, "lending.terms"),
        "on": on,
    }
    return TemplateResponse(request, "lending/terms/products.html", context)


@audience("lending.terms_read")
def product_page(request: StaffRequest, code: str) -> HttpResponse:
    """The versions of a product; each shows what it changed."""
    versions = _versions(code)
    newest = list(reversed(versions))
    earlier = [*newest[1:], None]
    shown = [
        (version, product_terms.compared(before, product_terms.terms_of(version)))
        for version, before in zip(newest, earlier, strict=True)
    ]
    loans = dict(Product.objects.filter(code=code).values_list("pk").annotate(count=Count("loans")))
    context = {
        "product": version_on(versions, day_of(request)),
        "versions": [(version, lines, loans[version.pk]) for version, lines in shown],
        "waiting": _waiting(Change.Kind.PRODUCT, code),
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "lending/terms/product.html", context)


@audience("lending.terms", post="lending.terms")
@once
def product_new(request: StaffRequest) -> HttpResponse:
    """A product that is not there yet, from a starting point."""
    _words, terms = STARTING_POINTS.get(request.GET.get("from", "loan"), STARTING_POINTS["loan"])
    form = ProductForm(request.POST or None, terms=terms, is_new=True)

    def act() -> Change:
        return _propose(request, Change.Kind.PRODUCT, form.cleaned_data["code"], form)

    return put_forward(request, form, act, "lending/terms/change.html", kind="product", subject=None)


@audience("lending.terms", post="lending.terms")
@once
def product_change(request: StaffRequest, code: str) -> HttpResponse:
    """A new version of a product, from the newest one."""
    newest = _versions(code)[-1]
    form = ProductForm(request.POST or None, terms=product_terms.terms_of(newest), is_new=False)

    def act() -> Change:
        return _propose(request, Change.Kind.PRODUCT, code, form)

    return put_forward(request, form, act, "lending/terms/change.html", kind="product", subject=newest)


@audience("lending.terms_read")
def funders(request: StaffRequest) -> HttpResponse:
    """Every funder and guarantor."""
    context = {
        "rows": Funder.objects.annotate(count=Count("loans")).order_by("code"),
        "waiting": _waiting(Change.Kind.FUNDER),
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "lending/terms/funders.html", context)


@audience("lending.terms_read")
def funder_page(request: StaffRequest, code: str) -> HttpResponse:
    """A funder's versions with what each changed, and the guarantees it has and gives."""
    funder = get_object_or_404(Funder, code=code)
    newest = list(reversed(funder_versions(funder)))
    shown = [
        (version, funder_terms.compared(before, funder_terms.terms_of(version)))
        for version, before in zip(newest, [*newest[1:], None], strict=True)
    ]
    guarantees = [each for each in in_force(day_of(request)) if each.cap_ppm]
    guarantees = [each for each in guarantees if funder.pk in {each.funder_id, each.guarantor_id}]
    context = {
        "funder": funder,
        "versions": shown,
        "guarantees": guarantees,
        "waiting": _waiting(Change.Kind.FUNDER, code),
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "lending/terms/funder.html", context)


@audience("lending.terms", post="lending.terms")
@once
def funder_new(request: StaffRequest) -> HttpResponse:
    form = FunderForm(request.POST or None, version=None)

    def act() -> Change:
        return _propose(request, Change.Kind.FUNDER, form.cleaned_data["code"], form)

    return put_forward(request, form, act, "lending/terms/change.html", kind="funder", subject=None)


@audience("lending.terms", post="lending.terms")
@once
def funder_change(request: StaffRequest, code: str) -> HttpResponse:
    """A new version of a funder, from the newest one."""
    funder = get_object_or_404(Funder, code=code)
    form = FunderForm(request.POST or None, version=funder_versions(funder)[-1])

    def act() -> Change:
        return _propose(request, Change.Kind.FUNDER, code, form)

    return put_forward(request, form, act, "lending/terms/change.html", kind="funder", subject=funder)


def _propose(request: StaffRequest, kind: Change.Kind, code: str, form: ProductForm | FunderForm) -> Change:
    cleaned = form.cleaned_data
    return propose(
        kind=kind, subject=code, from_on=cleaned["valid_from"], content=form.content, words=cleaned["words"],
        **who_and_when(request),
    )  # fmt: skip


def _versions(code: str) -> list[Product]:
    versions = product_versions([code]).get(code)
    if not versions:
        raise Http404
    return versions


def _waiting(kind: Change.Kind, subject: str = "") -> list[Change]:
    """Changes of that kind that wait, of one subject or of all."""
    found: Any = Change.objects.waiting().filter(kind=kind).select_related("maker").order_by("made_at")
    return list(found.filter(subject=subject) if subject else found)
