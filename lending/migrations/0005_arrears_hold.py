"""A row of arrears says until when it holds, and by how much the numerator of its penalty grows a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lending", "0004_waiver")]

    operations = [
        migrations.AddField("arrears", "holds_until", models.DateField(null=True)),
        migrations.AddField("arrears", "penalty_growth", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField(
            "arrears",
            "penalty_day_basis",
            models.PositiveSmallIntegerField(db_default=360, default=360, help_text="the product's"),
        ),
        migrations.AddIndex(
            "arrears",
            models.Index(
                fields=["holds_until"], name="arrears_to_turn", condition=models.Q(holds_until__isnull=False)
            ),
        ),
        migrations.AddIndex("arrears", models.Index(fields=["as_of"], name="arrears_by_day")),
    ]
