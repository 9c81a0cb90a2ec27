"""Open cases take what the case list orders by with the next night, which looks at all of them."""

from typing import Any

from django.db import migrations
from django.db.models import F


def look_at_all(apps: Any, schema_editor: Any) -> None:
    apps.get_model("cases", "Case").objects.filter(state="open").update(holds_until=F("opened_on"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_case_list")]

    operations = [migrations.RunPython(look_at_all, migrations.RunPython.noop)]
