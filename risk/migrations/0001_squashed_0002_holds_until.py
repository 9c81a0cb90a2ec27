"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('risk', '0001_initial'), ('risk', '0002_holds_until')]

    initial = True

    dependencies = [
        ('lending', '0025_capitalised_interest'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='BorrowerRisk',
                fields=[
                    ('borrower', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='risk', serialize=False, to='lending.borrower')),
                    ('as_of', models.DateField()),
                    ('ability', models.PositiveSmallIntegerField()),
                    ('willingness', models.PositiveSmallIntegerField()),
                    ('five_class', models.CharField(default='normal', max_length=15)),
                    ('reasons', models.JSONField(default=list, help_text='list of {code, side, points, facts}')),
                    ('holds_until', models.DateField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['holds_until'], name='risk_holds_until'), models.Index(fields=['as_of'], name='risk_as_of')],
                },
            ), migrations.CreateModel(
                name='Observation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('value', models.CharField(blank=True, max_length=80)),
                    ('on', models.DateField()),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='lending.borrower')),
                ],
                options={
                    'indexes': [models.Index(fields=['borrower', 'kind', 'on'], name='observation_of_borrower')],
                },
            ), migrations.CreateModel(
                name='Unscored',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.borrower')),
                ],
            )],
        ),
    ]
