"""How lenders' files are read, for machines: the columns that the page maps by hand, kept once by the `Idempotency-Key`."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest
from lending.imports.formats import FORMATS, MAPPABLE
from lending.imports.mapping import DayOrder
from lending.imports.records import column_name
from lending.imports.remembering import remember
from lending.mapping_form import CELL_MAX, MappingForm
from lending.models import ImportMapping
from staff.api_once import KEY, once_by_key

HEADER_MAX = 500
SHOWN_MAX = 1_000


class MappingIn(serializers.Serializer[Any]):
    """For files with this header: our column to one of its names, and our column to what every row has."""

    lender = serializers.CharField(max_length=120)
    format = serializers.ChoiceField(choices=list(MAPPABLE))
    header = serializers.ListField(
        child=serializers.CharField(max_length=CELL_MAX), min_length=2, max_length=HEADER_MAX
    )
    columns = serializers.DictField(child=serializers.CharField(max_length=CELL_MAX))
    always = serializers.DictField(child=serializers.CharField(max_length=CELL_MAX), default=dict)
    days = serializers.ChoiceField(choices=list(DayOrder), default=DayOrder.YEAR)


class MappingOut(serializers.Serializer[Any]):
    """A mapping that is kept; `fingerprint` is of the header's names in any order, `lender` is what `--lender` takes."""

    lender = serializers.CharField()
    lender_name = serializers.CharField()
    format = serializers.CharField()
    fingerprint = serializers.CharField()
    columns = serializers.DictField(child=serializers.CharField())
    always = serializers.DictField(child=serializers.CharField())
    days = serializers.CharField()
    made_at = serializers.DateTimeField()


class MappingsView(APIView):
    """The mappings that are kept, the newest first, and a new one in place of that for the same lender and header."""

    audience = {"GET": "lending.import", "POST": "lending.import"}

    @extend_schema(tags=["imports"], responses=MappingOut(many=True))
    def get(self, request: Request) -> Response:
        kept = ImportMapping.objects.order_by("-made_at", "-pk")
        return Response(MappingOut([*kept[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["imports"], parameters=[KEY], request=MappingIn, responses={200: MappingOut, 201: MappingOut})
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it is kept, 200 when the key is known, 422 when the key has other content."""
        given = MappingIn(data=request.data)
        given.is_valid(raise_exception=True)
        form, who = _form(given.validated_data), cast(StaffRequest, request)
        if not form.is_valid():
            raise serializers.ValidationError({name: list(map(str, said)) for name, said in form.errors.items()})
        wanted = form.wanted._replace(mapping=form.mapping)
        kept = remember(wanted, lender=form.cleaned_data["lender"], header=list(form.header), by=who.user, at=who.now)
        return Response(MappingOut(kept).data, status=201)


def _form(row: dict[str, Any]) -> MappingForm:
    """The form of the page, filled in; ValidationError for a column that is none of ours."""
    wanted = FORMATS[row["format"]]
    if unknown := {*row["columns"], *row["always"]} - set(wanted.mappable):
        raise serializers.ValidationError({"columns": f"no such columns: {', '.join(sorted(unknown))}"})
    sent = {"lender": row["lender"], "days": row["days"]}
    sent |= {f"column_{ours}": column_name(theirs) for ours, theirs in row["columns"].items()}
    sent |= {f"always_{ours}": text for ours, text in row["always"].items()}
    return MappingForm(sent, wanted=wanted, header=list(map(column_name, row["header"])))
