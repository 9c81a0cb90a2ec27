"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('restructuring', '0001_initial'), ('restructuring', '0002_restructurings')]

    initial = True

    dependencies = [
        ('lending', '0025_capitalised_interest'),
        ('staff', '0005_training'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='PlanLimit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor'), ('manager', 'Manager'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20)),
                    ('instrument', models.CharField(choices=[('extension', 'Extension'), ('deferral', 'Deferral'), ('restructure', 'Restructuring')], max_length=15)),
                    ('days_max', models.PositiveIntegerField(help_text="days that the loan's end moves over its life, this plan included")),
                    ('amount_max', models.BigIntegerField(help_text='outstanding principal in minor units')),
                    ('per_loan_max', models.PositiveIntegerField(help_text="plans of this kind over a loan's life, this one included")),
                    ('text', models.CharField(max_length=200)),
                    ('text_zh', models.CharField(max_length=200)),
                    ('source', models.CharField(max_length=200)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('role', 'instrument', 'valid_from'), name='plan_limit_once_from_a_day')],
                },
            ), migrations.CreateModel(
                name='Means',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('income', models.BigIntegerField()),
                    ('housing', models.BigIntegerField(default=0)),
                    ('food', models.BigIntegerField(default=0)),
                    ('health', models.BigIntegerField(default=0)),
                    ('family', models.BigIntegerField(default=0)),
                    ('other', models.BigIntegerField(default=0)),
                    ('debts', models.BigIntegerField(default=0, help_text='instalments of other debts')),
                    ('dependants', models.PositiveSmallIntegerField(default=0)),
                    ('papers', models.CharField(blank=True, help_text='what was seen of it; empty: declared only', max_length=200)),
                    ('hardship_until', models.DateField(help_text='the day on which the hardship is expected to end', null=True)),
                    ('stated_on', models.DateField()),
                    ('stated_at', models.DateTimeField()),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='means', to='lending.borrower')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['borrower', 'stated_on'], name='means_of_borrower')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('food__gte', 0), ('health__gte', 0), ('housing__gte', 0), ('income__gte', 0), ('debts__gte', 0), ('family__gte', 0), ('other__gte', 0)), name='means_are_not_negative')],
                },
            ), migrations.CreateModel(
                name='PlanRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case_id', models.BigIntegerField(null=True)),
                    ('instrument', models.CharField(choices=[('extension', 'Extension'), ('deferral', 'Deferral'), ('restructure', 'Restructuring')], max_length=15)),
                    ('days', models.PositiveIntegerField(help_text="by how many days due dates move; of a restructuring, the loan's end")),
                    ('reason', models.CharField(help_text='a code of `cases.DelayReason`', max_length=20)),
                    ('explanation', models.CharField(max_length=500)),
                    ('payload', models.TextField(help_text='canonical JSON of terms, old rows, new rows and comparison, as shown')),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('outstanding', models.BigIntegerField(help_text='principal outstanding as shown, minor units')),
                    ('cost', models.BigIntegerField(help_text='interest that the plan adds, minor units')),
                    ('round', models.PositiveIntegerField(default=1, help_text='how many times it was put forward')),
                    ('state', models.CharField(choices=[('review', 'Internal review'), ('sent_back', 'Sent back'), ('rejected', 'Rejected'), ('approved', "Waits for the borrower's acceptance"), ('in_effect', 'In effect'), ('withdrawn', 'Withdrawn'), ('expired', 'Offer expired'), ('undone', 'Undone')], default='review', max_length=10)),
                    ('version', models.PositiveIntegerField(default=0)),
                    ('made_at', models.DateTimeField()),
                    ('made_on', models.DateField()),
                    ('offer_until', models.DateField(null=True)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_requests', to='lending.loan')),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('schedule', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='lending.scheduleversion')),
                    ('steps', models.JSONField(db_default=[], default=list, help_text='the instruments of a restructuring, in order')),
                    ('means', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='restructuring.means')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'review')), fields=['made_at'], name='plans_to_review')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['review', 'sent_back', 'approved'])), fields=('loan',), name='one_open_plan_request_per_loan'), models.CheckConstraint(condition=models.Q(('days__gt', 0), ('instrument', 'restructure'), _connector='OR'), name='plan_moves_at_least_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('instrument', 'restructure'), ('means__isnull', False)), models.Q(models.Q(('instrument', 'restructure'), _negated=True), ('means', None)), _connector='OR'), name='restructuring_stands_on_means'), models.CheckConstraint(condition=models.Q(models.Q(('schedule__isnull', False), ('state__in', ['in_effect', 'undone'])), models.Q(models.Q(('state__in', ['in_effect', 'undone']), _negated=True), ('schedule', None)), _connector='OR'), name='plan_in_effect_has_its_schedule')],
                },
            ), migrations.CreateModel(
                name='PlanEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=20)),
                    ('at', models.DateTimeField()),
                    ('on', models.DateField()),
                    ('facts', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='restructuring.planrequest')),
                ],
                options={
                    'indexes': [models.Index(fields=['request', 'at'], name='event_of_plan')],
                },
            ), migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('verdict', models.CharField(choices=[('approve', 'Approve'), ('reject', 'Reject'), ('send_back', 'Send back')], max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField()),
                    ('checker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='restructuring.planrequest')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('request', 'payload_hash'), name='one_decision_per_payload'), models.CheckConstraint(condition=models.Q(('maker', models.F('checker')), _negated=True), name='maker_is_never_checker')],
                },
            ), migrations.CreateModel(
                name='Acceptance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('means', models.CharField(choices=[('recorded_call', 'Said on a recorded call'), ('signed_paper', 'Signed paper'), ('message', 'Written message')], max_length=15)),
                    ('evidence', models.CharField(help_text='recording number, file or message reference', max_length=200)),
                    ('accepted_on', models.DateField()),
                    ('recorded_at', models.DateTimeField()),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='restructuring.planrequest')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('request', 'payload_hash'), name='one_acceptance_per_payload')],
                },
            ), migrations.CreateModel(
                name='PlanRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('months_most', 'Months to its end, at most'), ('in_12_months', 'Restructurings of a borrower in 12 months'), ('in_24_months', 'Restructurings of a borrower in 24 months'), ('paid_before', 'Instalments paid before'), ('first_payment', 'First instalment, at least'), ('surplus_share', 'Share of the surplus, at most'), ('papers_above', 'Principal from which papers are needed')], max_length=15)),
                    ('value', models.BigIntegerField(help_text='months, a count, minor units, or parts per million of a share')),
                    ('source', models.CharField(max_length=200)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('code', 'valid_from'), name='plan_rule_once_from_a_day')],
                },
            )],
        ),
    ]
