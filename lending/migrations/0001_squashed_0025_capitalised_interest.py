"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

from typing import Any

import audit.migrating
import datetime
import django.db.models.deletion
import django.db.models.expressions
import lending.imports.mapping
import lending.personal
from django.conf import settings
from django.db import migrations, models


def _leave_room(_apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL, beside instalments for their new rows (as migration 0015 does)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE lending_instalment SET (fillfactor = 80)")


class Migration(migrations.Migration):

    replaces = [('lending', '0001_initial'), ('lending', '0002_payment_event'), ('lending', '0003_suspense'), ('lending', '0004_waiver'), ('lending', '0005_arrears_hold'), ('lending', '0006_arrears_await_a_close'), ('lending', '0007_ways_to_pay'), ('lending', '0008_clock_and_pauses'), ('lending', '0009_prepayment'), ('lending', '0010_refund'), ('lending', '0011_import_mapping'), ('lending', '0012_creditors'), ('lending', '0013_point_holder'), ('lending', '0014_own_buckets'), ('lending', '0015_lighter_posting'), ('lending', '0016_tolerance_and_closed_days'), ('lending', '0017_interest_freeze'), ('lending', '0018_lender_kind'), ('lending', '0019_guarantor_penalty'), ('lending', '0020_scripts'), ('lending', '0021_watch_and_stages'), ('lending', '0022_allocation_checks_its_payment'), ('lending', '0023_returned_money_costs_and_terms'), ('lending', '0024_agency_terms'), ('lending', '0025_capitalised_interest')]

    initial = True

    dependencies = [
        ('staff', '0005_training'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='Borrower',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ref', models.CharField(max_length=64, unique=True, verbose_name='reference')),
                    ('name', lending.personal.PersonalField(lending.personal.PersonName, blank=True, default='')),
                    ('identity', lending.personal.PersonalField(lending.personal.IdentityNumber, blank=True, default='')),
                    ('identity_digest', models.CharField(blank=True, db_index=True, max_length=43)),
                    ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], default='zh-hans', max_length=10)),
                    ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                    ('merged_into', models.ForeignKey(help_text='the record of the same person that stays; what is here still is evidence', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='lending.borrower')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='nobody_is_merged_into_themselves')],
                },
            ), migrations.CreateModel(
                name='ClosedDay',
                fields=[
                    ('day', models.DateField(primary_key=True, serialize=False)),
                    ('closed_at', models.DateTimeField()),
                    ('marks', models.JSONField(help_text='by table of booked rows, the newest key when the day was closed', null=True)),
                ],
            ), migrations.CreateModel(
                name='Funder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40, unique=True)),
                    ('name', models.CharField(max_length=120)),
                    ('name_zh', models.CharField(blank=True, max_length=120)),
                    ('signature', models.CharField(help_text='how its text messages are signed', max_length=40)),
                    ('signature_zh', models.CharField(blank=True, max_length=40)),
                    ('service_phone', models.CharField(blank=True, help_text='the line for questions and complaints', max_length=40)),
                    ('lender_kind', models.CharField(blank=True, choices=[('', 'Not said: every rule is shown'), ('bank', 'Licensed bank'), ('consumer_finance', 'Consumer finance company'), ('microloan', 'Micro-loan company'), ('local', 'Other local financial organisation'), ('private', 'Private lender')], db_default='', default='', max_length=20)),
                ],
            ), migrations.CreateModel(
                name='SuspendedPayment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=80, unique=True)),
                    ('loan_number', models.CharField(max_length=64)),
                    ('value_on', models.DateField()),
                    ('amount', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('reason', models.CharField(max_length=120)),
                    ('received_at', models.DateTimeField()),
                ],
            ), migrations.CreateModel(
                name='ClosingStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('step', models.CharField(max_length=40)),
                    ('done_at', models.DateTimeField()),
                    ('counts', models.JSONField(default=dict)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('day', 'step'), name='closing_step_once_a_day')],
                },
            ), migrations.CreateModel(
                name='Product',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40)),
                    ('name', models.CharField(max_length=120)),
                    ('name_zh', models.CharField(blank=True, max_length=120)),
                    ('day_count', models.CharField(default='month/12', max_length=20)),
                    ('rounding', models.CharField(default='half_up', max_length=20)),
                    ('day_zero', models.BooleanField(default=True, help_text='the due day counts as day 0')),
                    ('grace_days', models.PositiveSmallIntegerField(default=0)),
                    ('grace_excuses', models.BooleanField(default=False, help_text='penalty begins after the grace, not from the due day')),
                    ('tolerance_amount', models.BigIntegerField(default=0, help_text='minor units that may stay unpaid without arrears')),
                    ('penalty_rate_ppm', models.BigIntegerField(default=0, help_text='parts per million a year')),
                    ('penalty_day_basis', models.PositiveSmallIntegerField(default=360)),
                    ('allocation_order', models.JSONField(default=list, help_text='components in the order in which money settles them')),
                    ('allocation_by', models.CharField(choices=[('instalment', 'Each instalment in full before the next'), ('component', 'Each component of all that is due before the next')], default='instalment', max_length=12)),
                    ('allocation_order_late', models.JSONField(db_default=[], default=list, help_text='the order from 91 days past due on; empty: the same')),
                    ('counts_from', models.CharField(choices=[('oldest', 'The oldest instalment unpaid now'), ('first', 'The instalment that began these arrears')], db_default='oldest', default='oldest', max_length=10)),
                    ('penalty_base', models.CharField(choices=[('principal', 'Overdue principal'), ('instalment', 'The whole overdue instalment'), ('compound', 'Overdue principal, and interest on overdue interest')], db_default='principal', default='principal', max_length=10)),
                    ('penalty_markup_ppm', models.BigIntegerField(help_text="instead of a rate: parts per million that the loan's own rate is raised by", null=True)),
                    ('tolerance_days', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='days that may pass without arrears; after them all days count')),
                    ('prepayment_fee_ppm', models.PositiveIntegerField(db_default=0, default=0, help_text='parts per million of the principal repaid before its day')),
                    ('valid_from', models.DateField(db_default=datetime.date(1970, 1, 1), default=datetime.date(1970, 1, 1))),
                    ('buckets', models.CharField(blank=True, db_default='', default='', help_text="of days past due; empty: the house's", max_length=300)),
                    ('calendar', models.CharField(blank=True, choices=[('', 'Every day counts'), ('CN', 'Mainland China'), ('HK', 'Hong Kong'), ('SG', 'Singapore'), ('US', 'United States'), ('GB', 'United Kingdom')], db_default='', default='', help_text='whose closed days excuse', max_length=2)),
                    ('grace_in_working_days', models.BooleanField(db_default=False, default=False)),
                    ('tolerance_ppm', models.PositiveIntegerField(db_default=0, default=0, help_text='parts per million of the instalment; it or the amount, whichever is more')),
                    ('due_move', models.CharField(choices=[('none', 'It stays, and can be paid on the next working day'), ('forward', 'It moves to the next working day'), ('backward', 'It moves to the working day before')], db_default='none', default='none', help_text='where a due day goes that is a day off by the calendar', max_length=10)),
                    ('moved_interest', models.CharField(choices=[('keep', 'To the day before it moved'), ('move', 'To the day on which it falls due')], db_default='keep', default='keep', max_length=10)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('penalty_rate_ppm__gte', 0)), name='penalty_rate_is_not_negative'), models.CheckConstraint(condition=models.Q(('penalty_day_basis__in', [360, 365])), name='penalty_basis_is_360_or_365'), models.CheckConstraint(condition=models.Q(('penalty_markup_ppm', None), models.Q(('penalty_markup_ppm__gte', 0), ('penalty_rate_ppm', 0)), _connector='OR'), name='penalty_is_a_rate_or_a_markup'), models.UniqueConstraint(fields=('code', 'valid_from'), name='product_terms_once_from_a_day'), models.CheckConstraint(condition=models.Q(('tolerance_ppm__lte', 1000000)), name='tolerance_is_a_part'), models.CheckConstraint(condition=models.Q(('due_move', 'none'), models.Q(('calendar', ''), _negated=True), _connector='OR'), name='due_days_move_by_a_calendar')],
                },
            ), migrations.CreateModel(
                name='Loan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=64, unique=True, verbose_name='loan number')),
                    ('currency', models.CharField(max_length=3)),
                    ('principal', models.BigIntegerField()),
                    ('annual_rate_ppm', models.BigIntegerField()),
                    ('periods', models.PositiveIntegerField()),
                    ('method', models.CharField(max_length=20)),
                    ('frequency', models.CharField(max_length=20)),
                    ('day_count', models.CharField(max_length=20)),
                    ('start_on', models.DateField()),
                    ('first_due_on', models.DateField(help_text='by its terms, before any due day was moved off a day off')),
                    ('status', models.CharField(choices=[('active', 'Active'), ('paid', 'Paid off'), ('written_off', 'Written off')], default='active', max_length=12)),
                    ('paid_off_on', models.DateField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='lending.borrower')),
                    ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='lending.funder')),
                    ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='lending.product')),
                    ('more_terms', models.JSONField(db_default={}, default=dict, help_text='what else its terms say: stages, grace, rounding; whether rows were written by hand')),
                ],
                options={
                    'indexes': [models.Index(fields=['borrower', 'status'], name='loan_by_borrower')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('principal__gt', 0)), name='loan_principal_is_positive'), models.CheckConstraint(condition=models.Q(('annual_rate_ppm__gte', 0)), name='loan_rate_is_not_negative'), models.CheckConstraint(condition=models.Q(('first_due_on__gt', models.F('start_on'))), name='loan_is_due_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('paid_off_on__isnull', False), ('status', 'paid')), models.Q(models.Q(('status', 'paid'), _negated=True), ('paid_off_on', None)), _connector='OR'), name='loan_paid_has_its_day')],
                },
            ), migrations.CreateModel(
                name='Payment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=80, unique=True)),
                    ('value_on', models.DateField()),
                    ('amount', models.BigIntegerField(help_text='negative for a reversal')),
                    ('currency', models.CharField(max_length=3)),
                    ('channel', models.CharField(choices=[('import', 'Payment file'), ('api', 'Loan system'), ('console', 'Entered by hand'), ('webhook', 'Payment service'), ('suspense', 'From suspense'), ('link', 'Pay link'), ('debit', 'Direct debit')], max_length=10)),
                    ('posted_at', models.DateTimeField()),
                    ('loan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='lending.loan')),
                    ('posted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='lending.payment')),
                    ('note', models.CharField(blank=True, db_default='', default='', help_text='what whoever entered it said; why it is reversed', max_length=200)),
                ],
                options={
                    'indexes': [models.Index(fields=['loan', 'value_on'], name='payment_of_loan'), models.Index(fields=['value_on'], name='payment_by_value_day')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('reverses', None)), models.Q(('amount__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='payment_is_positive_or_a_reversal')],
                },
            ), migrations.CreateModel(
                name='Allocation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('n', models.PositiveIntegerField(help_text="the instalment's number; empty for penalty", null=True)),
                    ('component', models.CharField(choices=[('fee', 'Fee'), ('penalty', 'Penalty'), ('compound', 'Interest on interest'), ('interest', 'Interest'), ('principal', 'Principal')], max_length=10)),
                    ('amount', models.BigIntegerField()),
                    ('booked_on', models.DateField(help_text='the business date on which the row was written')),
                    ('loan', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='lending.loan')),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='lending.payment')),
                ],
                options={
                    'indexes': [models.Index(models.F('loan'), models.F('payment'), name='allocation_of_loan')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='allocation_is_not_zero')],
                },
            ), migrations.CreateModel(
                name='PenaltyAccrual',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField()),
                    ('amount', models.BigIntegerField()),
                    ('booked_on', models.DateField()),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='penalty_accruals', to='lending.loan')),
                ],
                options={
                    'indexes': [models.Index(fields=['loan', 'to_on'], name='penalty_of_loan')],
                },
            ), migrations.CreateModel(
                name='ScheduleVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('effective_on', models.DateField()),
                    ('is_current', models.BooleanField(default=True)),
                    ('reason', models.CharField(default='original', max_length=40)),
                    ('source', models.CharField(blank=True, help_text='what made it: `restructuring.planrequest:12`', max_length=80)),
                    ('made_at', models.DateTimeField()),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='lending.loan')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('fee', models.BigIntegerField(db_default=0, default=0, help_text='of a prepayment, within the interest of its row')),
                    ('is_withdrawn', models.BooleanField(db_default=False, default=False, help_text='counts for no day: its payment was reversed, it was worked out anew, or it was taken back')),
                    ('keeps', models.CharField(blank=True, db_default='', help_text='what a prepayment keeps: instalment, term', max_length=10)),
                    ('payment', models.ForeignKey(help_text='the prepayment that it follows from', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='lending.payment')),
                    ('capitalised', models.BigIntegerField(db_default=0, default=0, help_text="interest that became principal over the loan's life up to it, minor units")),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('loan', 'number'), name='schedule_versions_are_numbered'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('loan',), name='one_schedule_in_force'), models.CheckConstraint(condition=models.Q(('is_current', True), ('is_withdrawn', True), _negated=True), name='withdrawn_is_not_in_force'), models.CheckConstraint(condition=models.Q(('capitalised__gte', 0)), name='capitalised_is_not_negative')],
                },
            ), migrations.CreateModel(
                name='Instalment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('is_current', models.BooleanField(default=True)),
                    ('n', models.PositiveIntegerField()),
                    ('due_on', models.DateField()),
                    ('principal', models.BigIntegerField()),
                    ('interest', models.BigIntegerField()),
                    ('paid_principal', models.BigIntegerField(default=0)),
                    ('paid_interest', models.BigIntegerField(default=0)),
                    ('loan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='lending.loan')),
                    ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='lending.scheduleversion')),
                    ('waived_interest', models.BigIntegerField(db_default=0, default=0)),
                    ('waived_principal', models.BigIntegerField(db_default=0, default=0)),
                    ('open', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('principal'), '+', models.F('interest')), '-', models.F('paid_principal')), '-', models.F('paid_interest')), '-', models.F('waived_principal')), '-', models.F('waived_interest')), output_field=models.BigIntegerField())),
                ],
                options={
                    'indexes': [models.Index(fields=['loan', 'is_current', 'n'], name='instalment_of_loan'), models.Index(condition=models.Q(('is_current', True)), fields=['due_on', 'loan'], name='instalment_by_due_day')],
                    'constraints': [models.UniqueConstraint(fields=('version', 'n'), name='instalments_are_numbered'), models.CheckConstraint(condition=models.Q(('interest__gte', 0), ('paid_interest__gte', 0), ('paid_principal__gte', 0), ('principal__gte', 0)), name='instalment_amounts_are_not_negative'), models.CheckConstraint(condition=models.Q(('waived_interest__gte', 0), ('waived_principal__gte', 0)), name='instalment_waivers_are_not_negative'), models.CheckConstraint(condition=models.Q(('paid_interest__lte', django.db.models.expressions.CombinedExpression(models.F('interest'), '-', models.F('waived_interest'))), ('paid_principal__lte', django.db.models.expressions.CombinedExpression(models.F('principal'), '-', models.F('waived_principal')))), name='instalment_is_not_overpaid')],
                },
            ), migrations.CreateModel(
                name='Arrears',
                fields=[
                    ('loan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='arrears', serialize=False, to='lending.loan')),
                    ('as_of', models.DateField()),
                    ('oldest_due_on', models.DateField(help_text='empty when nothing is past due', null=True)),
                    ('bucket', models.CharField(default='M0', max_length=3)),
                    ('overdue_principal', models.BigIntegerField(default=0)),
                    ('overdue_interest', models.BigIntegerField(default=0)),
                    ('penalty_numerator', models.BigIntegerField(default=0)),
                    ('penalty_accrued', models.BigIntegerField(default=0)),
                    ('penalty_paid', models.BigIntegerField(default=0)),
                    ('penalty_waived', models.BigIntegerField(db_default=0, default=0)),
                    ('holds_until', models.DateField(null=True)),
                    ('penalty_growth', models.BigIntegerField(db_default=0, default=0)),
                    ('penalty_day_basis', models.PositiveSmallIntegerField(db_default=360, default=360, help_text="the product's")),
                    ('compound_growth', models.BigIntegerField(db_default=0, default=0)),
                    ('compound_numerator', models.BigIntegerField(db_default=0, default=0)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('oldest_due_on__isnull', False)), fields=['oldest_due_on'], name='arrears_now'), models.Index(condition=models.Q(('holds_until__isnull', False)), fields=['holds_until'], name='arrears_to_turn'), models.Index(fields=['as_of'], name='arrears_by_day')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('overdue_interest__gte', 0), ('overdue_principal__gte', 0), ('penalty_accrued__gte', 0)), name='arrears_are_not_negative')],
                },
            ), migrations.CreateModel(
                name='ContactPoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('mobile', 'Mobile'), ('phone', 'Landline'), ('email', 'E-mail'), ('address', 'Postal address')], default='mobile', max_length=10)),
                    ('value', lending.personal.PersonalField(lending.personal.Personal)),
                    ('digest', models.CharField(db_index=True, max_length=43)),
                    ('quality', models.CharField(choices=[('untried', 'Untried'), ('confirmed', 'Confirmed'), ('silent', 'No answer'), ('wrong_person', 'Wrong person'), ('gone', 'Number gone')], default='untried', max_length=15)),
                    ('source', models.CharField(default='lender', max_length=40)),
                    ('added_at', models.DateTimeField()),
                    ('retired_at', models.DateTimeField(null=True)),
                    ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contact_points', to='lending.borrower')),
                    ('holder', models.CharField(choices=[('borrower', 'The borrower'), ('guarantor', 'A guarantor'), ('contact', 'A contact person')], db_default='borrower', default='borrower', max_length=10)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('borrower', 'digest'), name='contact_point_once_per_borrower')],
                },
            ), migrations.CreateModel(
                name='NameDigest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=43)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_digests', to='lending.borrower')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('digest', 'borrower'), name='name_digest_once_per_borrower')],
                },
            ), migrations.CreateModel(
                name='ParkedLoan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('step', models.CharField(max_length=40)),
                    ('reason', models.CharField(max_length=300)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('day', 'step', 'loan'), name='loan_parked_once_a_day')],
                },
            ), migrations.CreateModel(
                name='PaymentEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=40)),
                    ('event_id', models.CharField(max_length=80)),
                    ('kind', models.CharField(max_length=40)),
                    ('loan_number', models.CharField(max_length=64)),
                    ('reference', models.CharField(max_length=80)),
                    ('amount', models.BigIntegerField()),
                    ('currency', models.CharField(blank=True, help_text='empty where the event named none', max_length=3)),
                    ('at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('outcome', models.CharField(choices=[('posted', 'Posted'), ('suspended', 'Kept in suspense'), ('conflict', 'Known with other content'), ('kept', 'Kept, no money')], max_length=10)),
                    ('detail', models.CharField(blank=True, db_default='', help_text='why a direct debit failed', max_length=40)),
                    ('order', models.CharField(blank=True, db_default='', help_text='code of the pay link or direct debit it answers', max_length=24)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='payment_event_once')],
                    'indexes': [models.Index(condition=models.Q(('order', ''), _negated=True), fields=['order'], name='payment_event_of_order')],
                },
            ), migrations.CreateModel(
                name='SuspenseResolution',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('note', models.CharField(blank=True, max_length=200)),
                    ('resolved_on', models.DateField(help_text='the business date')),
                    ('resolved_at', models.DateTimeField()),
                    ('payment', models.OneToOneField(help_text='empty for money returned', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='out_of_suspense', to='lending.payment')),
                    ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('suspended', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='resolution', to='lending.suspendedpayment')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('payment__isnull', False), models.Q(models.Q(('note', ''), _negated=True), ('resolved_by__isnull', False)), _connector='OR'), name='money_returned_says_by_whom_and_how')],
                },
            ), migrations.CreateModel(
                name='WaiverLimit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor'), ('manager', 'Manager'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20)),
                    ('what', models.CharField(choices=[('penalty', 'Penalty'), ('interest', 'Interest'), ('principal', 'Principal'), ('write_off', 'Write-off')], max_length=10)),
                    ('maker_role', models.CharField(blank=True, choices=[('agent', 'Agent'), ('supervisor', 'Supervisor'), ('manager', 'Manager'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], max_length=20)),
                    ('share_max_ppm', models.BigIntegerField()),
                    ('amount_max', models.BigIntegerField()),
                    ('text', models.CharField(max_length=200)),
                    ('text_zh', models.CharField(max_length=200)),
                    ('source', models.CharField(max_length=200)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('role', 'what', 'maker_role', 'valid_from'), name='waiver_limit_once_from_a_day')],
                },
            ), migrations.CreateModel(
                name='WaiverRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('waiver', 'Waiver'), ('write_off', 'Write-off')], default='waiver', max_length=10)),
                    ('reason', models.CharField(choices=[('hardship', 'Hardship'), ('settlement', 'Settled for less'), ('our_mistake', 'Our own mistake'), ('complaint', 'Complaint upheld'), ('deceased', 'Borrower deceased'), ('fraud', 'Fraud by a third party'), ('uncollectable', 'Nothing left to collect')], max_length=15)),
                    ('words', models.CharField(max_length=500)),
                    ('penalty', models.BigIntegerField(default=0)),
                    ('interest', models.BigIntegerField(default=0)),
                    ('principal', models.BigIntegerField(default=0)),
                    ('open_penalty', models.BigIntegerField()),
                    ('open_interest', models.BigIntegerField()),
                    ('open_principal', models.BigIntegerField()),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('state', models.CharField(choices=[('waiting', 'Waits for a decision'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                    ('made_at', models.DateTimeField()),
                    ('made_on', models.DateField()),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_words', models.CharField(blank=True, max_length=300)),
                    ('checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiver_requests', to='lending.loan')),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['made_at'], name='waivers_that_wait')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('loan',), name='one_waiver_waits_at_a_time_per_loan'), models.CheckConstraint(condition=models.Q(('interest__gte', 0), ('penalty__gte', 0), ('principal__gte', 0), models.Q(('penalty__gt', 0), ('interest__gt', 0), ('principal__gt', 0), _connector='OR')), name='waiver_asks_for_something'), models.CheckConstraint(condition=models.Q(('interest__lte', models.F('open_interest')), ('penalty__lte', models.F('open_penalty')), ('principal__lte', models.F('open_principal'))), name='waiver_asks_for_no_more_than_was_open'), models.CheckConstraint(condition=models.Q(('checker', None), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='waiver_is_not_decided_by_its_maker'), models.CheckConstraint(condition=models.Q(models.Q(('checker__isnull', False), ('decided_at__isnull', False), ('state__in', ['approved', 'rejected'])), models.Q(('checker', None), ('state__in', ['waiting', 'withdrawn'])), _connector='OR'), name='waiver_decided_has_its_checker')],
                },
            ), migrations.CreateModel(
                name='Waiver',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('component', models.CharField(choices=[('penalty', 'Penalty'), ('interest', 'Interest'), ('principal', 'Principal')], max_length=10)),
                    ('n', models.PositiveIntegerField(help_text="the instalment's number; empty: the oldest open ones", null=True)),
                    ('amount', models.BigIntegerField()),
                    ('at', models.DateTimeField()),
                    ('checker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='lending.loan')),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='lending.waiverrequest')),
                ],
                options={
                    'indexes': [models.Index(fields=['on'], name='waiver_by_day')],
                    'constraints': [models.UniqueConstraint(fields=('request', 'component'), name='waiver_takes_effect_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='waiver_is_positive'), models.CheckConstraint(condition=models.Q(('maker', models.F('checker')), _negated=True), name='waiver_maker_is_not_checker')],
                },
            ), migrations.CreateModel(
                name='WriteOff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('penalty', models.BigIntegerField()),
                    ('interest', models.BigIntegerField()),
                    ('principal', models.BigIntegerField()),
                    ('at', models.DateTimeField()),
                    ('checker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='write_off', to='lending.loan')),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='write_off', to='lending.waiverrequest')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('maker', models.F('checker')), _negated=True), name='write_off_maker_is_not_checker')],
                },
            ), migrations.CreateModel(
                name='LoopbackOrder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=24, unique=True)),
                    ('token', models.CharField(max_length=43, unique=True)),
                    ('is_debit', models.BooleanField()),
                    ('facts', models.JSONField()),
                    ('state', models.CharField(choices=[('open', 'Awaiting payment'), ('paid', 'Paid'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                    ('answer_at', models.DateTimeField(help_text='when a debit is answered, or a payment happened', null=True)),
                    ('is_told', models.BooleanField(default=False)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('is_told', False)), fields=['answer_at'], name='loopback_order_untold')],
                },
            ), migrations.CreateModel(
                name='Mandate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', lending.personal.PersonalField(lending.personal.AccountNumber)),
                    ('account_digest', models.CharField(max_length=43)),
                    ('bank', models.CharField(max_length=60)),
                    ('evidence', models.CharField(help_text='where the consent can be seen or heard', max_length=200)),
                    ('from_on', models.DateField()),
                    ('tries_a_month_max', models.PositiveSmallIntegerField(default=3, help_text='debits of a loan in a calendar month')),
                    ('recorded_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('revoked_words', models.CharField(blank=True, max_length=200)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='lending.borrower')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revoked_by', models.ForeignKey(help_text='empty: the bank said so', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('borrower', 'account_digest'), name='one_mandate_per_account'), models.CheckConstraint(condition=models.Q(('tries_a_month_max__gt', 0)), name='mandate_allows_something')],
                },
            ), migrations.CreateModel(
                name='Debit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=24, unique=True)),
                    ('amount', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('local_day', models.DateField(help_text="the borrower's own day")),
                    ('state', models.CharField(choices=[('due', 'Waits to be sent'), ('sending', 'Being sent'), ('asked', 'With the bank'), ('succeeded', 'Paid'), ('failed', 'Failed'), ('unknown', 'Nobody knows'), ('cancelled', 'Not sent'), ('returned', 'Returned by the bank')], default='due', max_length=10)),
                    ('reason', models.CharField(blank=True, help_text='why it failed or was not sent, as a code', max_length=40)),
                    ('is_doubtful', models.BooleanField(default=False)),
                    ('token', models.PositiveIntegerField(default=0)),
                    ('lease_until', models.DateTimeField(null=True)),
                    ('retry_at', models.DateTimeField(null=True)),
                    ('asked_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debits', to='lending.loan')),
                    ('payment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='debit', to='lending.payment')),
                    ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debits', to='lending.mandate')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state__in', ['due', 'sending'])), fields=['state', 'retry_at'], name='debit_to_send')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='debit_asks_for_something'), models.UniqueConstraint(condition=models.Q(('state__in', ['due', 'sending', 'asked', 'unknown'])), fields=('loan',), name='one_open_debit_per_loan'), models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('loan', 'local_day'), name='one_debit_a_day_per_loan'), models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('state__in', ['succeeded', 'returned'])), models.Q(models.Q(('state__in', ['succeeded', 'returned']), _negated=True), ('payment', None)), _connector='OR'), name='debit_succeeded_has_its_payment')],
                },
            ), migrations.CreateModel(
                name='PayLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=24, unique=True)),
                    ('covers', models.CharField(choices=[('instalment', 'Oldest instalment due'), ('due', 'All that is due'), ('payoff', 'Pay-off'), ('other', 'Other amount')], max_length=10)),
                    ('amount', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('expires_at', models.DateTimeField()),
                    ('state', models.CharField(choices=[('open', 'Awaiting payment'), ('paid', 'Paid'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                    ('reason', models.CharField(blank=True, help_text='why it was cancelled, as a code', max_length=40)),
                    ('url', models.CharField(blank=True, max_length=500)),
                    ('told', models.CharField(blank=True, max_length=10)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('retry_at', models.DateTimeField(null=True)),
                    ('made_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pay_links', to='lending.loan')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pay_link', to='lending.payment')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(models.Q(('state', 'open'), ('told', '')), models.Q(('state', 'cancelled'), ('told', 'open')), _connector='OR'), fields=['retry_at'], name='pay_link_untold'), models.Index(condition=models.Q(('state', 'open')), fields=['expires_at'], name='pay_link_open')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='pay_link_asks_for_something'), models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('state', 'paid')), models.Q(models.Q(('state', 'paid'), _negated=True), ('payment', None)), _connector='OR'), name='pay_link_paid_has_its_payment'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('loan',), name='one_open_pay_link_per_loan')],
                },
            ), migrations.CreateModel(
                name='Pause',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('clock', 'Days past due stand still'), ('penalty', 'No penalty accrues'), ('interest', 'Neither interest nor penalty accrues')], max_length=10)),
                    ('from_on', models.DateField()),
                    ('to_on', models.DateField(null=True)),
                    ('reason', models.CharField(max_length=200)),
                    ('source', models.CharField(blank=True, help_text='what made it: `contacts.hold:12`; empty: a person', max_length=80)),
                    ('made_at', models.DateTimeField()),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='lending.loan')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gt', models.F('from_on')), _connector='OR'), name='pause_has_a_day'), models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('source', 'loan', 'kind'), name='pause_once_for_its_source')],
                },
            ), migrations.CreateModel(
                name='PauseEnd',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('to_on', models.DateField()),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pause', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='lending.pause')),
                ],
            ), migrations.CreateModel(
                name='RefundRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=300)),
                    ('state', models.CharField(choices=[('waiting', 'Waits for a decision'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='waiting', max_length=10)),
                    ('made_at', models.DateTimeField()),
                    ('made_on', models.DateField()),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_words', models.CharField(blank=True, max_length=300)),
                    ('checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_requests', to='lending.payment')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['made_at'], name='refunds_that_wait')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('payment',), name='one_refund_waits_at_a_time'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_asked_is_positive'), models.CheckConstraint(condition=models.Q(('checker', None), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='refund_is_not_decided_by_its_maker'), models.CheckConstraint(condition=models.Q(models.Q(('checker__isnull', False), ('decided_at__isnull', False), ('state__in', ['approved', 'rejected'])), models.Q(('checker', None), ('state', 'waiting')), _connector='OR'), name='refund_decided_has_its_checker')],
                },
            ), migrations.CreateModel(
                name='Refund',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.BigIntegerField()),
                    ('on', models.DateField()),
                    ('reference', models.CharField(max_length=80, unique=True)),
                    ('reason', models.CharField(max_length=300)),
                    ('at', models.DateTimeField()),
                    ('checker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='lending.payment')),
                    ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refund', to='lending.refundrequest')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_is_positive'), models.CheckConstraint(condition=models.Q(('maker', models.F('checker')), _negated=True), name='refund_maker_is_not_checker')],
                },
            ), migrations.CreateModel(
                name='ImportMapping',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lender', models.CharField(max_length=40)),
                    ('lender_name', models.CharField(max_length=120)),
                    ('format', models.CharField(max_length=20)),
                    ('fingerprint', models.CharField(help_text="of the header's names", max_length=64)),
                    ('columns', models.JSONField(help_text='our column to theirs')),
                    ('always', models.JSONField(help_text='our column to what every row has')),
                    ('days', models.CharField(help_text='the order in which a day is written', max_length=5)),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('fingerprint', 'format', 'lender'), name='import_mapping_once_per_header'), models.CheckConstraint(condition=models.Q(('days__in', [lending.imports.mapping.DayOrder['YEAR'], lending.imports.mapping.DayOrder['DAY'], lending.imports.mapping.DayOrder['MONTH']])), name='import_mapping_knows_its_days')],
                },
            ), migrations.CreateModel(
                name='Change',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('product', 'Product terms'), ('funder', 'Funder terms'), ('shares', "Funders' shares"), ('guarantee', 'Guarantee'), ('guarantor_payment', 'Guarantor paid'), ('guarantor_reversal', "Guarantor's payment reversed"), ('fee', 'Cost charged'), ('fee_waiver', 'Cost given up'), ('contact_rules', 'Contact rules'), ('script', 'Call script'), ('stages', 'Stages'), ('merge', 'Records of one borrower'), ('agency', 'Agency terms')], max_length=20)),
                    ('subject', models.CharField(help_text='the code or loan number that it is about', max_length=120)),
                    ('from_on', models.DateField()),
                    ('content', models.JSONField()),
                    ('words', models.CharField(max_length=300)),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('state', models.CharField(choices=[('waiting', 'Waits for a decision'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                    ('made_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_words', models.CharField(blank=True, max_length=300)),
                    ('checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['made_at'], name='changes_that_wait')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('kind', 'subject'), name='one_change_waits_at_a_time'), models.CheckConstraint(condition=models.Q(('checker', None), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='change_is_not_decided_by_its_maker'), models.CheckConstraint(condition=models.Q(models.Q(('checker__isnull', False), ('decided_at__isnull', False), ('state__in', ['approved', 'rejected'])), models.Q(('checker', None), ('state__in', ['waiting', 'withdrawn'])), _connector='OR'), name='change_decided_has_its_checker')],
                },
            ), migrations.CreateModel(
                name='FunderConsent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('payload_hash', models.CharField(max_length=64)),
                    ('given_on', models.DateField()),
                    ('reference', models.CharField(help_text='its letter, mail or ticket', max_length=120)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.funder')),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('payload_hash', 'funder'), name='funder_consents_once_to_a_payload')],
                },
            ), migrations.CreateModel(
                name='FunderVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('name', models.CharField(max_length=120)),
                    ('name_zh', models.CharField(blank=True, max_length=120)),
                    ('signature', models.CharField(max_length=40)),
                    ('signature_zh', models.CharField(blank=True, max_length=40)),
                    ('service_phone', models.CharField(blank=True, max_length=40)),
                    ('rights', models.JSONField(default=dict)),
                    ('change', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='lending.funder')),
                    ('lender_kind', models.CharField(blank=True, choices=[('', 'Not said: every rule is shown'), ('bank', 'Licensed bank'), ('consumer_finance', 'Consumer finance company'), ('microloan', 'Micro-loan company'), ('local', 'Other local financial organisation'), ('private', 'Private lender')], db_default='', default='', max_length=20)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('funder', 'valid_from'), name='funder_terms_once_from_a_day')],
                },
            ), migrations.CreateModel(
                name='Guarantee',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('product_code', models.CharField(blank=True, max_length=40)),
                    ('cap_ppm', models.PositiveIntegerField()),
                    ('trigger_days', models.PositiveIntegerField(help_text='days past due from which the guarantor pays')),
                    ('from_on', models.DateField()),
                    ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('funder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guarantees_held', to='lending.funder')),
                    ('guarantor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guarantees_given', to='lending.funder')),
                    ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guarantees', to='lending.loan')),
                    ('penalty_rate_ppm', models.PositiveIntegerField(help_text='a year, on all that the guarantor paid for, from that day; empty: as the product says', null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('funder', None), ('loan__isnull', False), ('product_code', '')), models.Q(('funder__isnull', False), ('loan', None)), _connector='OR'), name='guarantee_is_of_a_loan_or_of_a_funder'), models.CheckConstraint(condition=models.Q(('cap_ppm__lte', 2000000), ('trigger_days__gte', 1)), name='guarantee_makes_sense')],
                },
            ), migrations.CreateModel(
                name='GuarantorPayment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('first_n', models.PositiveIntegerField()),
                    ('last_n', models.PositiveIntegerField()),
                    ('principal', models.BigIntegerField()),
                    ('interest', models.BigIntegerField()),
                    ('reference', models.CharField(max_length=80, unique=True)),
                    ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('guarantee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='lending.guarantee')),
                    ('guarantor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.funder')),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guarantor_payments', to='lending.loan')),
                    ('reversed_before', models.PositiveIntegerField(db_default=0, default=0, help_text="how many guarantors' payments for this loan had been reversed by then")),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('first_n__gte', 1), ('interest__gte', 0), ('last_n__gte', models.F('first_n')), ('principal__gte', 0), models.Q(('principal__gt', 0), ('interest__gt', 0), _connector='OR')), name='guarantor_paid_for_something'), models.UniqueConstraint(fields=('loan', 'first_n', 'reversed_before'), name='instalments_are_paid_for_once')],
                },
            ), migrations.CreateModel(
                name='AssignmentNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('given_on', models.DateField()),
                    ('means', models.CharField(choices=[('letter', 'Letter'), ('message', 'Message'), ('call', 'Recorded call'), ('published', 'Public notice')], max_length=10)),
                    ('evidence', models.CharField(max_length=120)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='notice', to='lending.guarantorpayment')),
                ],
            ), migrations.CreateModel(
                name='LoanShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('share_ppm', models.PositiveIntegerField()),
                    ('from_on', models.DateField()),
                    ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='lending.funder')),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='lending.loan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('loan', 'from_on', 'funder'), name='funder_has_one_share_from_a_day'), models.CheckConstraint(condition=models.Q(('share_ppm__gt', 0), ('share_ppm__lte', 1000000)), name='share_is_a_part')],
                },
            ), migrations.CreateModel(
                name='Fee',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('enforcement', 'Court and enforcement'), ('lawyer', 'Lawyer'), ('notary', 'Notary'), ('valuation', 'Valuation of the security'), ('other', 'Other cost')], max_length=12)),
                    ('on', models.DateField()),
                    ('amount', models.BigIntegerField(help_text='negative for what is given up')),
                    ('source', models.CharField(help_text='the ruling, invoice or clause that shows it', max_length=120)),
                    ('booked_on', models.DateField(help_text='the business date on which the row was written')),
                    ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='lending.loan')),
                    ('waives', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='lending.fee')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('waives', None)), models.Q(('amount__lt', 0), ('waives__isnull', False)), _connector='OR'), name='fee_is_charged_or_given_up')],
                },
            ), migrations.CreateModel(
                name='GuarantorReversal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField(help_text='the business date on which it was decided')),
                    ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                    ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='lending.guarantorpayment')),
                ],
            )],
        ),
        migrations.RunPython(_leave_room, migrations.RunPython.noop),
    ]
