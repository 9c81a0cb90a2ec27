"""People and teams for machines, read only."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from staff.models import Team, User


class TeamOut(serializers.ModelSerializer[Team]):
    below = serializers.CharField(source="parent.name", allow_null=True, default=None)

    class Meta:
        model = Team
        fields = ["id", "name", "below", "pulls"]


class PersonOut(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="__str__")
    team = serializers.CharField(source="team.name", allow_null=True, default=None)
    skills = serializers.SerializerMethodField(help_text="kind:value; none of a kind takes all")

    class Meta:
        model = User
        fields = [
            "username", "name", "role", "team", "is_active", "capacity", "effort", "shift_days", "shift_from", "shift_to",
            "skills",
        ]  # fmt: skip

    def get_skills(self, person: User) -> list[str]:
        return sorted(f"{skill.kind}:{skill.value}" for skill in person.skills.all())


class PeopleView(APIView):
    audience = {"GET": "staff.see"}

    @extend_schema(tags=["people"], responses=PersonOut(many=True))
    def get(self, request: Request) -> Response:
        """Everybody, those who left included, and what they take."""
        people = User.objects.get_queryset().select_related("team").prefetch_related("skills").order_by("username")
        return Response(PersonOut(people, many=True).data)


class TeamsView(APIView):
    audience = {"GET": "staff.see"}

    @extend_schema(tags=["people"], responses=TeamOut(many=True))
    def get(self, request: Request) -> Response:
        """Every team, and which it stands below."""
        return Response(TeamOut(Team.objects.select_related("parent").order_by("name"), many=True).data)
