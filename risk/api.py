"""The rates of the portfolio for machines."""

from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest, day_of
from risk import figure_words
from risk.figures import figures, people
from risk.forms import PortfolioForm


class RateOut(serializers.Serializer[Any]):
    """One figure. What does not belong to it is empty; rates that belong to borrowers have no currency."""

    currency = serializers.CharField()
    figure = serializers.CharField(
        help_text="entry, fpd, fpd7, fpd30, cured, recovered, roll, chain, loss, vintage, kept, contacted, right_party"
    )
    month = serializers.CharField(help_text="the month that ended; of a vintage the month in which its loans began")
    before = serializers.CharField(help_text="the bucket as the month began")
    bucket = serializers.CharField(help_text="the bucket as it ended")
    months_on_book = serializers.CharField()
    rate = serializers.CharField(help_text="a share of 1; empty where there is nothing to divide by, or not yet")
    amount = serializers.CharField(help_text="in minor units: what a vintage was lent, what of a bucket would be lost")


class PortfolioOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    rates = RateOut(many=True)


class PortfolioView(APIView):
    """What the nights wrote down, as rates: 12 months, the last roll rates, vintages of 24 months."""

    audience = {"GET": "risk.portfolio"}

    @extend_schema(
        tags=["portfolio"],
        parameters=[
            OpenApiParameter("on", OpenApiTypes.DATE),
            OpenApiParameter("funder", OpenApiTypes.STR),
            OpenApiParameter("product", OpenApiTypes.STR),
        ],
        responses=PortfolioOut,
    )
    def get(self, request: Request) -> Response:
        """As of the business date unless `on` names a day before it; 400 for what is not known."""
        form = PortfolioForm(request.query_params.dict(), today=day_of(cast(StaffRequest, request)))
        asked = form.asked()
        if form.errors:
            raise serializers.ValidationError(
                {name: [str(word) for word in words] for name, words in form.errors.items()}
            )
        rows = figure_words.tidy(figures(asked), people(asked.on))
        told = [dict(zip(figure_words.TIDY_HEAD, row, strict=True)) for row in rows]
        return Response(PortfolioOut({"as_of": asked.on, "rates": told}).data)
