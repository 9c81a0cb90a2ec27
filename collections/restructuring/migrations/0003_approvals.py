import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lending", "0026_approval_limits"),
        ("restructuring", "0002_restructurings"),
        ("staff", "0005_training"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalMatrix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True)),
                ("content", models.JSONField(help_text="the limits, and within how many days a plan is to be decided")),
                (
                    "change",
                    models.OneToOneField(
                        help_text="what published it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lending.change",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField()),
                ("ended_on", models.DateField(help_text="from this day on it no longer holds", null=True)),
                (
                    "absence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stand_in", to="staff.absence"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="planrequest",
            name="given_up",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="interest that the plan gives up: the present value that it loses, minor units",
            ),
        ),
        migrations.AddField(
            model_name="planrequest",
            name="escalated_on",
            field=models.DateField(
                help_text="since when it is with the next level, because nobody decided it", null=True
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="acting_for",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision", name="seat", field=models.PositiveSmallIntegerField(db_default=1, default=1)
        ),
        migrations.AddField(
            model_name="decision",
            name="decided_on",
            field=models.DateField(
                help_text="the business date; empty in rows from before there were day limits", null=True
            ),
        ),
        migrations.RemoveConstraint(model_name="decision", name="one_decision_per_payload"),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("request", "payload_hash", "seat"), name="one_decision_per_payload"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                models.F("request"),
                models.F("payload_hash"),
                django.db.models.functions.comparison.Coalesce("acting_for", "checker"),
                name="nobodys_limits_decide_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("request", "payload_hash", "checker"), name="nobody_decides_twice"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(condition=models.Q(("seat__in", [1, 2])), name="a_plan_has_two_seats"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acting_for", None), models.Q(("maker", models.F("acting_for")), _negated=True), _connector="OR"
                ),
                name="nobody_decides_for_the_maker",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("acting_for", "checker"),
                models.F("decided_on"),
                condition=models.Q(("verdict", "approve")),
                name="approvals_of_a_day",
            ),
        ),
        migrations.DeleteModel(name="PlanLimit"),
    ]
