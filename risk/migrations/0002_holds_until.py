"""A score says until which day it holds; the next night looks at every score that was there before."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def look_at_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("risk", "BorrowerRisk").objects.update(holds_until=F("as_of"))


class Migration(migrations.Migration):
    dependencies = [("lending", "0004_waiver"), ("risk", "0001_initial")]

    operations = [
        migrations.AddField(model_name="borrowerrisk", name="holds_until", field=models.DateField(null=True)),
        migrations.AddIndex(
            model_name="borrowerrisk", index=models.Index(fields=["holds_until"], name="risk_holds_until")
        ),
        migrations.AddIndex(model_name="borrowerrisk", index=models.Index(fields=["as_of"], name="risk_as_of")),
        migrations.CreateModel(
            name="Unscored",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "borrower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="lending.borrower"
                    ),
                ),
            ],
        ),
        migrations.RunPython(look_at_all, migrations.RunPython.noop, elidable=True),
    ]
