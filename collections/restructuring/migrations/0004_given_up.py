"""Restructurings that were asked for before say what they give up, as their payload has it."""

import json
from typing import Any

from django.db import migrations


def read_the_payload(apps: Any, schema_editor: Any) -> None:
    plans = apps.get_model("restructuring", "PlanRequest").objects.filter(instrument="restructure")
    for plan in plans.only("payload").iterator():
        try:
            loss = int(json.loads(plan.payload)["terms"]["loss"])
        except (KeyError, TypeError, ValueError):
            continue  # it was edited, and will be refused as such
        plans.filter(pk=plan.pk).update(given_up=max(0, loss))


class Migration(migrations.Migration):
    dependencies = [("restructuring", "0003_approvals")]

    operations = [migrations.RunPython(read_the_payload, migrations.RunPython.noop)]
