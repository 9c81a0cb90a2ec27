"""What a payment writes touches no index that could be spared; PostgreSQL leaves room beside instalments for their new rows."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _leave_room(_apps: Any, schema_editor: Any) -> None:
    _alter(schema_editor, "SET (fillfactor = 80)")


def _take_it_back(_apps: Any, schema_editor: Any) -> None:
    _alter(schema_editor, "RESET (fillfactor)")


def _alter(schema_editor: Any, change: str) -> None:
    """SQLite has no such setting. Pages that are full stay so until their rows are rewritten."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE lending_instalment {change}")


class Migration(migrations.Migration):
    dependencies = [
        ("lending", "0014_own_buckets"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="instalment",
            name="instalment_to_pay",
        ),
        migrations.AlterField(
            model_name="allocation",
            name="loan",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="lending.loan",
            ),
        ),
        migrations.AlterField(
            model_name="instalment",
            name="loan",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instalments",
                to="lending.loan",
            ),
        ),
        migrations.AlterField(
            model_name="instalment",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="lending.scheduleversion",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="loan",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="lending.loan"
            ),
        ),
        migrations.AddIndex(
            model_name="instalment",
            index=models.Index(
                condition=models.Q(("is_current", True)), fields=["due_on", "loan"], name="instalment_by_due_day"
            ),
        ),
        migrations.RunPython(_leave_room, _take_it_back),
    ]
