"""Changes of terms for machines: products and funders put forward, every change that waits decided or taken back."""

from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending import funder_terms, product_terms
from lending.changes import ChangeError, ChangeStaleError, decide, lines_of, propose, withdraw
from lending.edge import StaffRequest, day_of
from lending.models import Change, Funder, FunderVersion, Product
from lending.rights import Instrument, Right
from lending.versions import NAMES, funder_versions, product_versions
from staff.api_once import CONFLICT, KEY, once_by_key

KINDS = (Change.Kind.PRODUCT, Change.Kind.FUNDER)
WORDS_MAX, SHOWN_MAX = 300, 100
KINDS_OF_VALUES: "dict[type[models.Field[Any, Any]], type]" = {
    models.BooleanField: bool,
    models.CharField: str,
    models.JSONField: list,
    models.IntegerField: int,
}
WORDS_FOR: dict[type, str] = {bool: "true or false", str: "text", list: "a list of words", int: "a whole number"}


class ChangeIn(serializers.Serializer[Any]):
    """What is to hold of a product or a funder from a day on; terms that are left out stay as they are."""

    kind = serializers.ChoiceField(choices=[str(kind) for kind in KINDS])
    code = serializers.SlugField(max_length=40)
    from_on = serializers.DateField()
    terms = serializers.DictField(help_text="as the lists of products and of funders give them")
    words = serializers.CharField(max_length=WORDS_MAX, help_text="why: whoever decides reads it")


class DecisionIn(serializers.Serializer[Any]):
    """`payload_hash` says exactly what was looked at; words are wanted where it is rejected."""

    verdict = serializers.ChoiceField(choices=["approve", "reject"])
    payload_hash = serializers.CharField(max_length=64)
    words = serializers.CharField(max_length=WORDS_MAX, required=False, default="", allow_blank=True)


class ChangedOut(serializers.Serializer[Any]):
    term = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class ChangeOut(serializers.Serializer[Any]):
    """A change that was put forward; `lines` are what it says beside what holds before it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    subject = serializers.CharField()
    loan = serializers.CharField(source="loan.number", allow_null=True, default=None)
    from_on = serializers.DateField()
    words = serializers.CharField()
    state = serializers.ChoiceField(choices=Change.State.choices)
    payload_hash = serializers.CharField()
    asked_by = serializers.CharField(source="maker.username")
    decided_by = serializers.CharField(source="checker.username", allow_null=True, default=None)
    lines = serializers.SerializerMethodField()

    @extend_schema_field(ChangedOut(many=True))
    def get_lines(self, change: Change) -> list[dict[str, str]]:
        return [dict(ChangedOut(line).data) for line in lines_of(change) if line.is_changed]


class ChangesView(APIView):
    """Changes that wait for a decision, the oldest first, and a new one of a product or a funder."""

    audience = {"GET": "lending.terms_read", "POST": "lending.terms"}

    @extend_schema(tags=["terms"], responses=ChangeOut(many=True))
    def get(self, request: Request) -> Response:
        waiting = Change.objects.visible_to(request.user).waiting().select_related("maker", "checker", "loan__funder")
        return Response(ChangeOut([*waiting.order_by("made_at", "pk")[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["terms"], parameters=[KEY], request=ChangeIn, responses={200: ChangeOut, 201: ChangeOut})
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it waits now, 200 when the key is known, 422 when the key has other content."""
        given, who = ChangeIn(data=request.data), cast(StaffRequest, request)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        content_of = product_content if row["kind"] == Change.Kind.PRODUCT else funder_content
        try:
            change = propose(
                kind=row["kind"], subject=row["code"], from_on=row["from_on"], words=row["words"],
                content=content_of(row["code"], row["from_on"], row["terms"]), by=who.user, at=who.now, on=day_of(who),
            )  # fmt: skip
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ChangeOut(change).data, status=201)


class ChangeDecisionView(APIView):
    """The decision on a change that somebody else put forward."""

    audience = {"POST": "lending.terms_decide"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=DecisionIn, responses={200: ChangeOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was decided before or is not what was looked at, 422 when the key has other content."""
        change, who = _found(request, pk), cast(StaffRequest, request)
        given = DecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        try:
            decided = decide(
                change, approve=row["verdict"] == "approve", words=row["words"], payload_hash=row["payload_hash"],
                by=who.user, at=who.now, on=day_of(who),
            )  # fmt: skip
        except ChangeStaleError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ChangeOut(decided).data)


class ChangeWithdrawalView(APIView):
    """Taking back what waits; only whoever put it forward may."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=None, responses={200: ChangeOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """403 where somebody else put it forward, 409 when it was decided before."""
        change, who = _found(request, pk), cast(StaffRequest, request)
        try:
            return Response(ChangeOut(withdraw(change, by=who.user, at=who.now)).data)
        except ChangeStaleError as error:
            return Response({"detail": str(error)}, status=CONFLICT)


def product_content(code: str, from_on: date, terms: dict[str, Any]) -> dict[str, Any]:
    """The terms of the version before with these in their place; ValidationError names one that makes no sense."""
    known = product_terms.term_fields()
    _refuse_unknown(terms, set(known))
    given = [name for name, value in terms.items() if value is not None or not known[name].null]
    for name in given:
        _check_kind(known[name], terms[name])
    before = product_terms.version_before(code, from_on) or (product_versions([code]).get(code) or [Product()])[-1]
    product = product_terms.product_of(code, from_on, product_terms.terms_of(before) | terms)
    for name, choices in product_terms.CHOICES.items():
        if getattr(product, name) not in [each for each, _words in choices]:
            raise serializers.ValidationError({name: f"one of {', '.join(str(each) for each, _words in choices)}"})
    _clean(product, [name for name in given if terms[name] != []])
    return product_terms.terms_of(product)


def funder_content(code: str, from_on: date, terms: dict[str, Any]) -> dict[str, Any]:
    """The same of a funder; of its rights those that are named."""
    _refuse_unknown(terms, {*NAMES, "rights"})
    funder = Funder.objects.filter(code=code).first()
    before = funder_terms.terms_of(funder_versions(funder)[-1] if funder else FunderVersion())
    rights = terms.get("rights", {})
    kinds = list(Right)
    if not isinstance(rights, dict) or not (
        set(rights) <= set(Instrument) and all(each in kinds for each in rights.values())
    ):
        raise serializers.ValidationError({"rights": f"{', '.join(Instrument)}, each one of {', '.join(Right)}"})
    for name in terms.keys() - {"rights"}:
        _check_kind(FunderVersion._meta.get_field(name), terms[name])
    content = before | terms | {"rights": before["rights"] | rights}
    _clean(FunderVersion(**{name: content[name] for name in NAMES}), list(NAMES))
    return content


def _refuse_unknown(terms: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(terms) - known):
        raise serializers.ValidationError({unknown[0]: "there is no such term"})


def _check_kind(field: Any, value: object) -> None:
    """ValidationError where the value is of another kind than its field: JSON tells them apart, and so is nothing guessed."""
    kind = next(kind for of, kind in KINDS_OF_VALUES.items() if isinstance(field, of))
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise serializers.ValidationError({field.name: f"must be {WORDS_FOR[kind]}"})
    if kind is list and not all(isinstance(each, str) for each in cast(list[Any], value)):
        raise serializers.ValidationError({field.name: "must be a list of words"})


def _clean(row: Product | FunderVersion, names: list[str]) -> None:
    """ValidationError where a value is none that its field takes."""
    others = [field.name for field in row._meta.concrete_fields if field.name not in names]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise serializers.ValidationError(error.message_dict) from None


def _found(request: Request, pk: int) -> Change:
    seen = Change.objects.visible_to(request.user).select_related("maker", "checker", "loan__funder")
    return get_object_or_404(seen, pk=pk)
