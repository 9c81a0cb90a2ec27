"""What the API needs beside its resources: a token, the schema and its reader."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from staff.access import PUBLIC


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()


class TokenView(APIView):
    """A token for a user name and password, to be sent as `Authorization: Token …`."""

    audience = {"POST": PUBLIC}
    authentication_classes = ()
    parser_classes = (JSONParser, FormParser)

    @extend_schema(tags=["token"], request=AuthTokenSerializer, responses=TokenOut, auth=[])
    def post(self, request: Request) -> Response:
        given = AuthTokenSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        token, _ = Token.objects.get_or_create(user=given.validated_data["user"])
        return Response({"token": token.key})


class SchemaView(SpectacularAPIView):
    audience = {"GET": PUBLIC}


class DocsView(SpectacularSwaggerSplitView):
    """Reads the schema aloud; its scripts are files of their own, as the content security policy wants them."""

    audience = {"GET": PUBLIC}
    template_name = "api/docs.html"
