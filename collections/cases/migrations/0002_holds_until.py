"""A case says until which day its plan holds; the next night looks at every case that was open before."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q


def look_at_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("cases", "Case").objects.filter(state="open").update(holds_until=F("opened_on"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="holds_until",
            field=models.DateField(
                help_text="the day on which time alone gives it another next action or priority; empty: never", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=Q(("state", "open")), fields=["holds_until"], name="case_holds_until"),
        ),
        migrations.RunPython(look_at_all, migrations.RunPython.noop, elidable=True),
    ]
