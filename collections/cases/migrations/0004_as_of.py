"""A case says on which day its plan became another, so that a night that is run again passes it by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_complaints")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="as_of",
            field=models.DateField(help_text="the business date on which its plan last became another", null=True),
        ),
    ]
