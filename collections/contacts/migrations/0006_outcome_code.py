from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0005_inbound_calls'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='code',
            field=models.CharField(blank=True, db_default='', default='', help_text="the house's own word for the outcome", max_length=40),
        ),
    ]
