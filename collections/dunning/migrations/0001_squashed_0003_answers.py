"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import django.db.models.deletion
import dunning.texts
import lending.personal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('dunning', '0001_initial'), ('dunning', '0002_a_policy_decides_once_a_day'), ('dunning', '0003_answers')]

    initial = True

    dependencies = [
        ('lending', '0025_capitalised_interest'),
        ('staff', '0005_training'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='LoopbackMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=64, unique=True)),
                    ('to_masked', models.CharField(max_length=40)),
                    ('channel', models.CharField(max_length=10)),
                    ('text', lending.personal.PersonalField(dunning.texts.MessageText)),
                    ('received_at', models.DateTimeField()),
                    ('hits', models.PositiveIntegerField(default=1, help_text='how often it came with the same key')),
                ],
                options={
                    'indexes': [models.Index(fields=['-received_at', '-id'], name='loopback_newest')],
                },
            ), migrations.CreateModel(
                name='Policy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40)),
                    ('version', models.PositiveIntegerField()),
                    ('name', models.CharField(max_length=120)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='policy_versions_are_numbered')],
                },
            ), migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=40)),
                    ('event_id', models.CharField(max_length=80)),
                    ('kind', models.CharField(max_length=20)),
                    ('message_id', models.CharField(max_length=64)),
                    ('at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, help_text="why it failed, in the gateway's word", max_length=40)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='receipt_once')],
                    'indexes': [models.Index(fields=['message_id'], name='receipt_message')],
                },
            ), migrations.CreateModel(
                name='Reminder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('policy', models.CharField(help_text='code of the policy, or `by_hand`', max_length=40)),
                    ('policy_version', models.PositiveIntegerField(default=0)),
                    ('step', models.CharField(help_text='code of the step; for a message by hand its one-time key', max_length=40)),
                    ('channel', models.CharField(max_length=10)),
                    ('local_day', models.DateField()),
                    ('purpose', models.CharField(max_length=10)),
                    ('template', models.CharField(max_length=40)),
                    ('language', models.CharField(max_length=10)),
                    ('contact_id', models.BigIntegerField(help_text='the slot that the gate reserved at sending', null=True)),
                    ('message_id', models.CharField(help_text='the idempotency key of every try', max_length=64, unique=True)),
                    ('state', models.CharField(choices=[('due', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('refused', 'Refused by the gate'), ('failed', 'Failed'), ('unknown', 'Unknown, for a person to settle'), ('cancelled', 'No longer needed')], default='due', max_length=10)),
                    ('due_at', models.DateTimeField()),
                    ('retry_at', models.DateTimeField(help_text='machine time before which no further try is made', null=True)),
                    ('lease_until', models.DateTimeField(help_text='machine time until which the claim holds', null=True)),
                    ('token', models.PositiveIntegerField(default=0, help_text='grows with each claim: a stale holder loses')),
                    ('text', lending.personal.PersonalField(dunning.texts.MessageText, help_text='set at the first try, so that each try says the same', null=True)),
                    ('provider_id', models.CharField(blank=True, max_length=80)),
                    ('reason', models.CharField(blank=True, max_length=120)),
                    ('run', models.CharField(blank=True, help_text='the planning call that wrote it', max_length=32)),
                    ('planned_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='lending.borrower')),
                    ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='lending.funder')),
                    ('planned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='lending.contactpoint')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='reminder_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='reminder_sending'), models.Index(models.F('state'), models.OrderBy(models.F('due_at'), descending=True), name='reminder_by_state')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('policy', 'by_hand'), _negated=True), fields=('borrower', 'funder', 'policy', 'local_day'), name='reminder_is_decided_once')],
                },
            ), migrations.CreateModel(
                name='Attempt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.PositiveIntegerField()),
                    ('at', models.DateTimeField()),
                    ('text_digest', models.CharField(max_length=64)),
                    ('result', models.CharField(choices=[('begun', 'Begun'), ('accepted', 'Taken by the gateway'), ('ambiguous', 'Ambiguous'), ('not_sent', 'Did not leave')], default='begun', max_length=10)),
                    ('detail', models.CharField(blank=True, max_length=200)),
                    ('reminder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='dunning.reminder')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('reminder', 'token'), name='attempt_once_per_token')],
                },
            ), migrations.CreateModel(
                name='ReminderLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('n', models.PositiveIntegerField()),
                    ('due_on', models.DateField()),
                    ('amount', models.BigIntegerField()),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
                    ('reminder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='dunning.reminder')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('reminder', 'loan', 'n'), name='reminder_line_once')],
                },
            ), migrations.CreateModel(
                name='Template',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40)),
                    ('language', models.CharField(max_length=10)),
                    ('purpose', models.CharField(max_length=10)),
                    ('name', models.CharField(max_length=80)),
                    ('text', models.TextField()),
                    ('by_hand', models.BooleanField(default=False, help_text='offered to people for a message of their own')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('code', 'language'), name='template_once_per_language')],
                },
            ), migrations.CreateModel(
                name='PolicyStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=20)),
                    ('offset_days', models.IntegerField()),
                    ('channel', models.CharField(default='sms', max_length=10)),
                    ('template', models.CharField(help_text='code of the text', max_length=40)),
                    ('send_at', models.TimeField(help_text='local time of the borrower')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='dunning.policy')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('policy', 'code'), name='policy_step_named_once'), models.UniqueConstraint(fields=('policy', 'offset_days'), name='policy_step_once_a_day')],
                },
            ), migrations.CreateModel(
                name='Reply',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', lending.personal.PersonalField(dunning.texts.MessageText)),
                    ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='dunning.receipt')),
                ],
            )],
        ),
    ]
