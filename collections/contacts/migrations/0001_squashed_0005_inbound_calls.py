"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import django.db.models.deletion
import lending.personal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('contacts', '0001_initial'), ('contacts', '0002_rulebook'), ('contacts', '0003_hold_evidence'), ('contacts', '0004_placed_hold'), ('contacts', '0005_inbound_calls')]

    initial = True

    dependencies = [
        ('lending', '0025_capitalised_interest'),
        ('staff', '0005_training'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='LoopbackCall',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(help_text='the idempotency key: the same key is the same call', max_length=64, unique=True)),
                    ('call_id', models.CharField(max_length=32, unique=True)),
                    ('to_masked', models.CharField(max_length=40)),
                    ('agent', models.CharField(max_length=150)),
                    ('started_at', models.DateTimeField()),
                ],
            ), migrations.CreateModel(
                name='ContactRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule_set', models.CharField(max_length=40)),
                    ('code', models.CharField(max_length=40)),
                    ('kind', models.CharField(choices=[('window', 'Quiet hours'), ('holiday', 'Days of rest'), ('cap', 'Cap'), ('block', 'What stops contact'), ('consent', 'Consent that is needed'), ('person', 'Who may be contacted'), ('visit', 'Visits'), ('content', 'Wording'), ('duty', 'Duty kept elsewhere')], max_length=10)),
                    ('standing', models.CharField(choices=[('law', 'Law or national standard'), ('self_regulation', 'Self-regulation'), ('house', 'House rule')], max_length=16)),
                    ('channels', models.JSONField(default=list, help_text='channels it binds; empty for all')),
                    ('quiet_from', models.TimeField(help_text='local time of the person at which contact must stop', null=True)),
                    ('quiet_to', models.TimeField(help_text='local time at which it may begin again', null=True)),
                    ('unit', models.CharField(blank=True, choices=[('attempt', 'dialled'), ('unanswered', 'unanswered'), ('connected', 'connected'), ('conversation', 'spoken with the person'), ('message', 'messages')], max_length=12)),
                    ('max_count', models.PositiveIntegerField(null=True)),
                    ('period_days', models.PositiveIntegerField(default=1, help_text="calendar days of the person's own zone, today included")),
                    ('text', models.CharField(max_length=600)),
                    ('text_zh', models.CharField(max_length=600)),
                    ('source', models.CharField(max_length=300)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(null=True)),
                    ('change', models.ForeignKey(help_text='what published it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('details', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, help_text='as `contacts.rules.Details`')),
                    ('is_withdrawn', models.BooleanField(db_default=False, default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('rule_set', 'code', 'valid_from'), name='contact_rule_once_from_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['window', 'cap']), _negated=True), models.Q(('kind', 'window'), ('quiet_from__isnull', False), ('quiet_to__isnull', False)), models.Q(('kind', 'cap'), ('max_count__isnull', False)), _connector='OR'), name='contact_rule_says_its_limit')],
                },
            ), migrations.CreateModel(
                name='Verdict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('call', 'Call'), ('voice', 'Automated voice notice'), ('sms', 'Text message'), ('email', 'E-mail'), ('letter', 'Letter'), ('visit', 'Visit')], max_length=10)),
                    ('purpose', models.CharField(choices=[('reminder', 'Reminder before the due day'), ('demand', 'Demand after the due day'), ('service', "Answer to the borrower's own request"), ('legal', 'Notice required by law'), ('locate', 'Asking somebody else how to reach the borrower')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('allowed', models.BooleanField()),
                    ('rule', models.CharField(blank=True, help_text='the code of the rule that decided', max_length=60)),
                    ('lawful_at', models.DateTimeField(help_text='when the same contact becomes lawful; empty: not by waiting', null=True)),
                    ('facts', models.JSONField(default=dict)),
                    ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='lending.borrower')),
                ],
                options={
                    'indexes': [models.Index(fields=['borrower', '-at'], name='verdict_of_borrower')],
                },
            ), migrations.CreateModel(
                name='Contact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('call', 'Call'), ('voice', 'Automated voice notice'), ('sms', 'Text message'), ('email', 'E-mail'), ('letter', 'Letter'), ('visit', 'Visit')], max_length=10)),
                    ('direction', models.CharField(choices=[('out', 'Outgoing'), ('in', 'Incoming')], default='out', max_length=3)),
                    ('purpose', models.CharField(choices=[('reminder', 'Reminder before the due day'), ('demand', 'Demand after the due day'), ('service', "Answer to the borrower's own request"), ('legal', 'Notice required by law'), ('locate', 'Asking somebody else how to reach the borrower')], max_length=10)),
                    ('state', models.CharField(choices=[('reserved', 'Reserved'), ('made', 'Made'), ('released', 'Not made')], default='reserved', max_length=10)),
                    ('at', models.DateTimeField()),
                    ('outcome', models.CharField(blank=True, choices=[('right_party', 'Right party'), ('other_person', 'Other person'), ('no_answer', 'No answer'), ('busy', 'Busy'), ('invalid', 'Number not in use'), ('sent', 'Sent'), ('unknown', 'Not known')], max_length=15)),
                    ('connected', models.BooleanField(default=False)),
                    ('flagged', models.CharField(blank=True, help_text='the rule that would have refused it', max_length=60)),
                    ('call_id', models.CharField(blank=True, max_length=80)),
                    ('seconds', models.PositiveIntegerField(null=True)),
                    ('recording', models.CharField(blank=True, max_length=200)),
                    ('note', models.TextField(blank=True)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.borrower')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to=settings.AUTH_USER_MODEL)),
                    ('point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.contactpoint')),
                    ('verdict', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='contacts.verdict')),
                    ('subject', models.CharField(choices=[('borrower', 'The borrower'), ('guarantor', 'A guarantor'), ('contact', 'A contact person')], db_default='borrower', default='borrower', help_text='who was contacted', max_length=10)),
                ],
                options={
                    'indexes': [models.Index(fields=['borrower', '-at'], name='contact_of_borrower')],
                },
            ), migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('dispute', 'Dispute'), ('complaint', 'Complaint'), ('bereavement', 'Bereavement'), ('illness', 'Illness'), ('stop', 'Stop collection'), ('abroad', 'Abroad'), ('disaster', 'Struck by a disaster'), ('moratorium', 'Statutory moratorium'), ('attorney', 'Represented by a lawyer'), ('cease', 'Asked in writing to be left alone'), ('deceased', 'Has died'), ('incapacity', 'Lacks legal capacity'), ('placed', 'With an agency')], max_length=15)),
                    ('reason', models.CharField(max_length=300)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField(help_text='last day, included; empty until it is lifted', null=True)),
                    ('placed_at', models.DateTimeField()),
                    ('lifted_at', models.DateTimeField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='lending.borrower')),
                    ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('evidence', models.CharField(blank=True, db_default='', default='', help_text='the document that shows it, by its reference', max_length=200)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('borrower', 'kind'), name='one_open_hold_of_a_kind'), models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='hold_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), models.Q(('kind', 'placed'), ('lifted_at__isnull', False)), _connector='OR'), name='hold_lifted_by_somebody')],
                },
            ), migrations.CreateModel(
                name='OptOut',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('call', 'Call'), ('voice', 'Automated voice notice'), ('sms', 'Text message'), ('email', 'E-mail'), ('letter', 'Letter'), ('visit', 'Visit')], max_length=10)),
                    ('from_at', models.DateTimeField()),
                    ('to_at', models.DateTimeField(null=True)),
                    ('evidence', models.CharField(blank=True, max_length=200)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opt_outs', to='lending.borrower')),
                    ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('to_at', None)), fields=('borrower', 'channel'), name='one_open_opt_out_per_channel')],
                },
            ), migrations.CreateModel(
                name='Reveal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(help_text='`name`, `identity` or `point:<id>`', max_length=40)),
                    ('reason', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.borrower')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['user', 'at'], name='reveal_by_user')],
                },
            ), migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('hours', 'Contact outside the hours of contact'), ('frequency', 'More calls than the caps allow'), ('sms', 'Text messages to this number'), ('email', 'E-mail about the debt'), ('email_notice', 'Told of e-mail, with a way to opt out'), ('voice', 'Automated or recorded voice calls')], max_length=15)),
                    ('evidence', models.CharField(max_length=200)),
                    ('from_at', models.DateTimeField()),
                    ('to_at', models.DateTimeField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='lending.borrower')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('to_at', None)), fields=('borrower', 'kind'), name='one_open_consent_of_a_kind')],
                },
            ), migrations.CreateModel(
                name='Refusal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(help_text='of the number, whatever point bears it', max_length=43)),
                    ('said', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='lending.borrower')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.contactpoint')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('borrower', 'digest'), name='one_refusal_of_a_number')],
                },
            ), migrations.CreateModel(
                name='InboundCall',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=40)),
                    ('call_id', models.CharField(max_length=80)),
                    ('number', lending.personal.PersonalField(lending.personal.PhoneNumber)),
                    ('digest', models.CharField(db_index=True, max_length=43)),
                    ('rang_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('agent', models.ForeignKey(help_text='whose desk it rang', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='came_in', to='contacts.contact')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['-rang_at'], name='inbound_call_ringing')],
                    'constraints': [models.UniqueConstraint(fields=('provider', 'call_id'), name='inbound_call_once_by_its_id')],
                },
            )],
        ),
    ]
