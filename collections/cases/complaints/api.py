"""Complaints for machines: a service desk hands them in, and whoever reports to the credit bureau asks what rests."""

from typing import Any, cast

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.clock import local_day, now
from cases.complaints.handling import ComplaintError, take_down
from cases.complaints.marks import credit_marks
from cases.complaints.models import Complaint, ComplaintQuerySet
from lending.duplicates import called
from lending.edge import StaffRequest
from lending.models import Borrower, Loan
from staff.api_once import other_body
from staff.models import User

KEY_MAX = 64


class ComplaintIn(serializers.Serializer[Any]):
    """A complaint as it reached somebody else's desk."""

    borrower = serializers.CharField(help_text="the borrower's reference")
    loan = serializers.CharField(required=False, default="", help_text="the loan's number, where it is about one")
    kind = serializers.ChoiceField(choices=Complaint.Kind.choices)
    source = serializers.ChoiceField(choices=Complaint.Source.choices)  # type: ignore[assignment]  # the stub knows Field.source
    words = serializers.CharField(max_length=4000)
    wanted = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    received_on = serializers.DateField()


class ComplaintOut(serializers.ModelSerializer[Complaint]):
    borrower = serializers.CharField(source="borrower.ref")
    loan = serializers.CharField(source="loan.number", allow_null=True, default=None)
    handler = serializers.CharField(source="handler.username", allow_null=True, default=None)

    class Meta:
        model = Complaint
        fields = [
            "id", "borrower", "loan", "kind", "source", "words", "wanted", "received_on", "due_on", "handler", "state",
            "outcome", "cause", "remedy", "ended_on",
        ]  # fmt: skip


class MarkOut(serializers.Serializer[Any]):
    """What the bureau's report of a loan has to heed."""

    loan_number = serializers.CharField()
    mark = serializers.ChoiceField(choices=["withheld", "disputed"])
    complaint = serializers.CharField(help_text="empty where a hold alone has it rest")
    hold = serializers.CharField(help_text="the kind of the hold; empty where a complaint has it rest")
    since = serializers.DateField()
    until = serializers.DateField(
        allow_null=True,
        help_text="the day by which the complaint is answered, or the last day of the hold; the mark stands until it is answered or lifted",
    )


class ByDue(CursorPagination):
    page_size = 50
    ordering = ("due_on", "id")


@extend_schema(tags=["complaints"])
class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Complaint]):
    """Complaints that this user sees, the soonest due first; and a new one."""

    audience = {"GET": "cases.complaints", "POST": "cases.complaint_take"}
    serializer_class = ComplaintOut
    pagination_class = ByDue
    queryset = Complaint.objects.none()

    def get_queryset(self) -> ComplaintQuerySet:
        return Complaint.objects.visible_to(cast(User, self.request.user)).select_related("borrower", "loan", "handler")

    @extend_schema(
        tags=["complaints"],
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=ComplaintIn,
        responses={200: ComplaintOut, 201: ComplaintOut},
    )
    def create(self, request: Request) -> Response:
        """201 when it is new, 200 when the key is known, 422 when the key has other content."""
        key, who = _key(request), cast(StaffRequest, request)
        given = ComplaintIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = dict(given.validated_data)
        borrower = get_object_or_404(Borrower.objects.visible_to(who.user), called(row.pop("borrower")))
        number = row.pop("loan")
        loan = get_object_or_404(Loan, borrower=borrower, number=number) if number else None
        if known := Complaint.objects.filter(taken_by=who.user, key=key).first():
            return _again(known, borrower, loan, row)
        try:
            made = take_down(
                borrower=borrower, loan=loan, key=key, by=who.user, at=who.now, on=local_day(who.now), **row
            )
        except IntegrityError:
            return _again(Complaint.objects.get(taken_by=who.user, key=key), borrower, loan, row)
        except ComplaintError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ComplaintOut(made).data, status=201)


def _again(known: Complaint, borrower: Borrower, loan: Loan | None, row: dict[str, Any]) -> Response:
    same = (known.borrower, known.loan) == (borrower, loan)
    if same and all(getattr(known, name) == value for name, value in row.items()):
        return Response(ComplaintOut(known).data)
    return other_body()


class CreditMarksView(APIView):
    """Loans whose report to the credit bureau rests, or is marked as disputed."""

    audience = {"GET": "cases.complaints"}

    @extend_schema(tags=["complaints"], responses=MarkOut(many=True))
    def get(self, request: Request) -> Response:
        marks = credit_marks(cast(User, request.user), local_day(now()))
        return Response(MarkOut([mark._asdict() for mark in marks], many=True).data)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= KEY_MAX:
        raise serializers.ValidationError({"Idempotency-Key": f"1 to {KEY_MAX} characters"})
    return key
