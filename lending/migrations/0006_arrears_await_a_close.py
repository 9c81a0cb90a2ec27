"""Rows of arrears written before they said how long they hold read as they stand, and the next close rewrites each of them."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def await_the_next_close(apps: Any, schema_editor: Any) -> None:
    loans = apps.get_model("lending", "Loan").objects.filter(pk=OuterRef("pk"))
    apps.get_model("lending", "Arrears").objects.update(
        holds_until=F("as_of"), penalty_day_basis=Subquery(loans.values("product__penalty_day_basis"))
    )


class Migration(migrations.Migration):
    dependencies = [("lending", "0005_arrears_hold")]

    operations = [migrations.RunPython(await_the_next_close, migrations.RunPython.noop)]
