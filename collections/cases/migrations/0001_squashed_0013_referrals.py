"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import cases.models.order
import django.db.models.deletion
import lending.personal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('cases', '0001_initial'), ('cases', '0002_holds_until'), ('cases', '0003_complaints'), ('cases', '0004_as_of'), ('cases', '0005_reviews'), ('cases', '0006_dealing'), ('cases', '0007_attachments'), ('cases', '0008_scripts'), ('cases', '0009_promise_parts'), ('cases', '0010_watch_and_stages'), ('cases', '0011_case_list'), ('cases', '0012_reckon_the_list'), ('cases', '0013_referrals')]

    initial = True

    dependencies = [
        ('contacts', '0005_inbound_calls'),
        ('lending', '0025_capitalised_interest'),
        ('staff', '0005_training'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'Open'), ('watched', 'Cured and watched'), ('cured', 'Cured'), ('closed', 'Closed')], default='open', max_length=10)),
                    ('stage', models.CharField(help_text='the code of a stage of the plan in force', max_length=10)),
                    ('bucket', models.CharField(help_text='the worst of its loans', max_length=3)),
                    ('opened_on', models.DateField()),
                    ('ended_on', models.DateField(help_text='since when nothing is overdue any more, or nobody works it', null=True)),
                    ('reason_behind', models.CharField(blank=True, help_text='the newest `DelayReason`', max_length=20)),
                    ('next_action', models.CharField(choices=[('first_call', 'First call'), ('call', 'Call'), ('call_again', 'Try again'), ('callback', 'Call back'), ('await_promise', 'Wait for the promised payment'), ('remind_promise', 'Remind of the promise'), ('chase_promise', 'Ask after the promise'), ('call_broken', 'Talk about the broken promise'), ('check_payment', 'Look for the payment'), ('find_number', 'Find a number'), ('on_hold', 'On hold')], default='first_call', max_length=20)),
                    ('next_at', models.DateTimeField(help_text='not before this instant; empty: now', null=True)),
                    ('callback_at', models.DateTimeField(help_text='when the borrower asked to be called', null=True)),
                    ('priority', models.IntegerField(default=0)),
                    ('priority_reasons', models.JSONField(default=list)),
                    ('version', models.PositiveIntegerField(default=0, help_text='grows with each move: forms carry it, stale ones lose')),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='lending.borrower')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL)),
                    ('holds_until', models.DateField(help_text='the day on which time alone gives it another next action or priority, or ends the watch; empty: never', null=True)),
                    ('as_of', models.DateField(help_text='the business date on which its plan last became another', null=True)),
                    ('returned_on', models.DateField(help_text='when it last came back from watch', null=True)),
                    ('behind_since', models.DateField(help_text='the oldest day past due of its loans', null=True)),
                    ('currency', models.CharField(blank=True, db_default='', max_length=3)),
                    ('overdue', models.BigIntegerField(db_default=0, default=0, help_text='principal and interest past due, in minor units of `currency`')),
                    ('promised_on', models.DateField(help_text='the day of the open promise, of several parts of the next one', null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['owner', '-priority', 'id'], name='case_work_list'), models.Index(condition=models.Q(('state__in', ['open', 'watched'])), fields=['holds_until'], name='case_day_comes'), models.Index(models.F('bucket'), models.F('priority'), models.F('id'), condition=models.Q(('state', 'open')), name='case_list_priority'), models.Index(models.F('bucket'), models.F('behind_since'), models.F('id'), condition=models.Q(('state', 'open')), name='case_list_days'), models.Index(models.F('bucket'), models.F('overdue'), models.F('id'), condition=models.Q(('state', 'open')), name='case_list_amount'), models.Index(models.F('bucket'), cases.models.order.DueFrom('next_at'), models.F('id'), condition=models.Q(('state', 'open')), name='case_list_next'), models.Index(condition=models.Q(('state', 'open')), fields=['stage', 'bucket'], name='case_list_stage'), models.Index(models.F('next_action'), models.F('priority'), models.F('id'), condition=models.Q(('state', 'open')), name='case_action_priority'), models.Index(models.F('next_action'), cases.models.order.DueFrom('next_at'), models.F('id'), condition=models.Q(('state', 'open')), name='case_action_next'), models.Index(models.F('priority'), models.F('id'), condition=models.Q(('promised_on__isnull', False), ('state', 'open')), name='case_promised_priority'), models.Index(cases.models.order.DueFrom('next_at'), models.F('id'), condition=models.Q(('promised_on__isnull', False), ('state', 'open')), name='case_promised_next')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='ended_case_has_its_day'), models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'watched'])), fields=('borrower',), name='one_live_case_per_borrower'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'watched'), _negated=True), ('holds_until__isnull', False), _connector='OR'), name='watch_has_its_end')],
                },
            ), migrations.CreateModel(
                name='Assignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_at', models.DateTimeField()),
                    ('to_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=120)),
                    ('batch', models.CharField(blank=True, help_text='what was assigned in one step', max_length=32)),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('previous', models.ForeignKey(help_text='who had it before', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='cases.case')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('to_at', None)), fields=('case',), name='one_owner_per_case')],
                },
            ), migrations.CreateModel(
                name='CaseEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=30)),
                    ('at', models.DateTimeField()),
                    ('on', models.DateField()),
                    ('facts', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='cases.case')),
                ],
                options={
                    'indexes': [models.Index(fields=['case', '-at'], name='event_of_case')],
                },
            ), migrations.CreateModel(
                name='CaseNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField()),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='cases.case')),
                ],
            ), migrations.CreateModel(
                name='DelayReason',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('forgot', 'Forgot'), ('technical', 'Technical (debit failed, wrong account)'), ('cash_gap', 'Short of cash for now'), ('job_loss', 'Lost work or income'), ('illness', 'Illness or accident'), ('bereavement', 'Death in the family'), ('overindebted', 'Too many debts'), ('business', 'Business is slow'), ('dispute', 'Disputes the debt'), ('fraud', 'Says it was fraud'), ('unwilling', 'Does not want to pay'), ('unreached', 'Not known yet: not reached')], max_length=20)),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('on', models.DateField()),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delay_reasons', to='cases.case')),
                ],
            ), migrations.CreateModel(
                name='PaidClaim',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('until_on', models.DateField(help_text='two working days later, included')),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paid_claims', to='cases.case')),
                ],
            ), migrations.CreateModel(
                name='Presence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('seen_at', models.DateTimeField()),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='cases.case')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('case', 'user'), name='one_presence_per_person')],
                },
            ), migrations.CreateModel(
                name='Promise',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('due_on', models.DateField()),
                    ('made_on', models.DateField()),
                    ('made_at', models.DateTimeField()),
                    ('tolerance_percent', models.PositiveSmallIntegerField(default=95)),
                    ('grace_days', models.PositiveSmallIntegerField(default=3)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('kept', 'Kept'), ('part_kept', 'Kept in part'), ('broken', 'Broken'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                    ('paid', models.BigIntegerField(default=0)),
                    ('judged_on', models.DateField(null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='cases.case')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('part_amount', models.BigIntegerField(help_text='of several parts the next one; empty: it is one sum', null=True)),
                    ('part_due_on', models.DateField(help_text='the day of that part', null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('case',), name='one_open_promise_per_case'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='promise_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('judged_on', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('judged_on__isnull', False)), _connector='OR'), name='judged_promise_has_its_day')],
                },
            ), migrations.CreateModel(
                name='Representative',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', lending.personal.PersonalField(lending.personal.PersonName)),
                    ('relation', models.CharField(choices=[('lawyer', 'Lawyer'), ('family', 'Family'), ('guardian', 'Guardian'), ('adviser', 'Debt adviser'), ('other', 'Other person')], max_length=10)),
                    ('evidence', models.CharField(help_text='the paper that was seen, and how the borrower confirmed it', max_length=300)),
                    ('valid_to', models.DateField(help_text='last day, included; empty: until it is withdrawn', null=True)),
                    ('noted_at', models.DateTimeField()),
                    ('verified_at', models.DateTimeField(null=True)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='representatives', to='lending.borrower')),
                    ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_by', models.F('noted_by')), _negated=True)), _connector='OR'), name='mandate_is_verified_by_a_second_person')],
                },
            ), migrations.CreateModel(
                name='Complaint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('conduct', 'How we collect'), ('privacy', 'Privacy: others were told or called'), ('charges', 'Amount or charges are wrong'), ('payment', 'A payment is missing'), ('not_mine', 'Does not owe this debt'), ('help_refused', 'Help was refused'), ('service', 'Service'), ('credit_report', 'Credit report is wrong')], max_length=15)),
                    ('source', models.CharField(choices=[('phone', 'By telephone'), ('written', 'In writing'), ('online', 'Online'), ('regulator', 'Through the regulator'), ('funder', 'Through the funder')], max_length=10)),
                    ('words', models.TextField(help_text='what they say, as they say it')),
                    ('wanted', models.CharField(blank=True, help_text='what would put it right for them', max_length=500)),
                    ('received_on', models.DateField()),
                    ('taken_at', models.DateTimeField()),
                    ('key', models.CharField(blank=True, help_text='the idempotency key of the machine that sent it', max_length=64)),
                    ('due_on', models.DateField(help_text='the last day on which the answer is in time')),
                    ('extensions', models.PositiveSmallIntegerField(default=0)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                    ('outcome', models.CharField(blank=True, choices=[('upheld', 'Upheld'), ('part_upheld', 'Upheld in part'), ('not_upheld', 'Not upheld')], max_length=12)),
                    ('cause', models.CharField(blank=True, choices=[('training', 'Somebody did not know or follow the rules'), ('system', 'A fault of the system'), ('policy', 'Our own rules are wrong'), ('unclear', 'We did not say it clearly'), ('agency', 'An agency or partner'), ('lender', "The lender's data"), ('not_ours', 'Nothing went wrong on our side')], max_length=10)),
                    ('answer', models.TextField(blank=True, help_text='the body of the letter')),
                    ('remedy', models.CharField(blank=True, help_text='what we do to put it right', max_length=500)),
                    ('ended_on', models.DateField(null=True)),
                    ('version', models.PositiveIntegerField(default=0, help_text='grows with each step: forms carry it, stale ones lose')),
                    ('about', models.ForeignKey(help_text='whom it is about', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='lending.borrower')),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints_handled', to=settings.AUTH_USER_MODEL)),
                    ('hold', models.ForeignKey(help_text='what stands until the answer', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contacts.hold')),
                    ('loan', models.ForeignKey(help_text='empty: not about one loan', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='lending.loan')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('representative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='cases.representative')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['due_on', 'id'], name='complaint_by_due'), models.Index(fields=['received_on'], name='complaint_by_receipt')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('taken_by', 'key'), name='complaint_once_per_key'), models.CheckConstraint(condition=models.Q(('handler', None), ('about', None), models.Q(('handler', models.F('about')), _negated=True), _connector='OR'), name='complaint_is_not_handled_by_whom_it_is_about'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('outcome', ''), ('state', 'open')), models.Q(('ended_on__isnull', False), ('outcome', ''), ('state', 'withdrawn')), models.Q(('ended_on__isnull', False), ('state', 'answered'), models.Q(('outcome', ''), _negated=True), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='answered_complaint_has_its_answer'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('received_on'))), name='complaint_is_due_after_receipt')],
                },
            ), migrations.CreateModel(
                name='ComplaintStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=20)),
                    ('on', models.DateField()),
                    ('at', models.DateTimeField()),
                    ('words', models.TextField(blank=True)),
                    ('facts', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.complaint')),
                ],
            ), migrations.CreateModel(
                name='Review',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('why', models.CharField(choices=[('flagged', 'The gate would have refused it'), ('wording', 'A word in the note that may not be said'), ('complaint', 'The borrower complained afterwards'), ('new', 'New at the desk'), ('long', 'A long call'), ('usual', 'Picked by lot'), ('by_hand', 'Picked by hand')], max_length=10)),
                    ('words_found', models.JSONField(default=list, help_text='phrases in the note that may not be said')),
                    ('picked_on', models.DateField()),
                    ('state', models.CharField(choices=[('waiting', 'Waits for a reviewer'), ('written', 'Written')], default='waiting', max_length=10)),
                    ('written_at', models.DateTimeField(null=True)),
                    ('answers', models.JSONField(default=dict, help_text='item of the checklist to met, missed or none')),
                    ('score', models.PositiveSmallIntegerField(help_text='percent; empty: nothing on the list arose', null=True)),
                    ('coaching', models.TextField(blank=True)),
                    ('replied_at', models.DateTimeField(null=True)),
                    ('agrees', models.BooleanField(null=True)),
                    ('reply', models.TextField(blank=True)),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='contacts.contact')),
                    ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['picked_on', 'id'], name='review_waiting'), models.Index(fields=['agent', '-picked_on'], name='review_of_agent')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(('reviewer', models.F('agent')), _negated=True), _connector='OR'), name='nobody_reviews_their_own_contact'), models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('reviewer', None), ('state', 'waiting'), ('written_at', None)), models.Q(('reviewer__isnull', False), ('state', 'written'), ('written_at__isnull', False)), _connector='OR'), name='written_review_has_its_reviewer')],
                },
            ), migrations.CreateModel(
                name='AssignmentRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                    ('position', models.PositiveSmallIntegerField(help_text='the lowest that fits decides', verbose_name='position')),
                    ('stage', models.CharField(blank=True, max_length=10, verbose_name='stage')),
                    ('language', models.CharField(blank=True, choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], max_length=10, verbose_name='language')),
                    ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                    ('amount_from', models.BigIntegerField(blank=True, null=True, verbose_name='overdue from')),
                    ('amount_below', models.BigIntegerField(blank=True, null=True, verbose_name='overdue below')),
                    ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='effort of one case')),
                    ('stays', models.BooleanField(default=True, verbose_name='stays in the same hands while it goes well')),
                    ('changed_at', models.DateTimeField()),
                    ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('funder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.funder')),
                    ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.product')),
                    ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.team')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='a_case_weighs_something'), models.CheckConstraint(condition=models.Q(('amount_from', None), ('amount_below', None), ('amount_below__gt', models.F('amount_from')), _connector='OR'), name='rule_has_an_amount_between'), models.CheckConstraint(condition=models.Q(models.Q(('amount_below', None), ('amount_from', None)), models.Q(('currency', ''), _negated=True), _connector='OR'), name='amount_of_a_rule_has_a_currency')],
                },
            ), migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('batch', models.CharField(max_length=32, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('on', models.DateField()),
                    ('state', models.CharField(choices=[('draft', 'Waits'), ('applied', 'Applied'), ('undone', 'Taken back')], default='draft', max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('question', models.JSONField(default=dict, help_text='what was asked, so that it can be asked again')),
                    ('lines', models.JSONField(default=list, help_text='per person the cases before, coming, going and after')),
                    ('reasons', models.JSONField(default=list, help_text='per person and reason how many cases come')),
                    ('left', models.JSONField(default=dict, help_text='how many cases stay where they are, by reason')),
                    ('count', models.PositiveIntegerField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('by',), name='one_proposal_waits_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='decided_proposal_has_its_moment')],
                },
            ), migrations.CreateModel(
                name='ProposedMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(help_text='of the case when it was proposed')),
                    ('why', models.CharField(max_length=10)),
                    ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case')),
                    ('proposal', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='cases.proposal')),
                    ('source', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('target', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('proposal', 'case'), name='a_case_moves_once_in_a_proposal')],
                },
            ), migrations.CreateModel(
                name='Target',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('period', models.CharField(choices=[('day', 'a day'), ('month', 'a month')], max_length=5, verbose_name='period')),
                    ('measure', models.CharField(choices=[('contacts', 'Contacts'), ('promises', 'Promises'), ('recovered', 'Recovered')], max_length=10, verbose_name='what counts')),
                    ('value', models.BigIntegerField(help_text='a number, or minor units of the currency', verbose_name='to reach')),
                    ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                    ('from_on', models.DateField(verbose_name='from')),
                    ('set_at', models.DateTimeField()),
                    ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to=settings.AUTH_USER_MODEL)),
                    ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='staff.team')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agent__isnull', False), ('team', None)), models.Q(('agent', None), ('team__isnull', False)), _connector='OR'), name='target_is_a_teams_or_a_persons'), models.CheckConstraint(condition=models.Q(models.Q(('measure', 'recovered'), models.Q(('currency', ''), _negated=True)), models.Q(models.Q(('measure', 'recovered'), _negated=True), ('currency', '')), _connector='OR'), name='only_money_has_a_currency'), models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='target_is_positive')],
                },
            ), migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(help_text='the name under which the bytes lie', max_length=32, unique=True)),
                    ('name', models.CharField(max_length=130)),
                    ('kind', models.CharField(choices=[('pdf', 'PDF'), ('jpg', 'JPEG'), ('png', 'PNG')], max_length=3)),
                    ('size', models.PositiveIntegerField(help_text='bytes')),
                    ('sha256', models.CharField(max_length=64)),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.case')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_holds_something')],
                },
            ), migrations.CreateModel(
                name='Script',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40)),
                    ('stage', models.CharField(blank=True, choices=[('early', 'Early'), ('middle', 'Middle'), ('late', 'Late')], max_length=10)),
                    ('reason', models.CharField(blank=True, choices=[('forgot', 'Forgot'), ('technical', 'Technical (debit failed, wrong account)'), ('cash_gap', 'Short of cash for now'), ('job_loss', 'Lost work or income'), ('illness', 'Illness or accident'), ('bereavement', 'Death in the family'), ('overindebted', 'Too many debts'), ('business', 'Business is slow'), ('dispute', 'Disputes the debt'), ('fraud', 'Says it was fraud'), ('unwilling', 'Does not want to pay'), ('unreached', 'Not known yet: not reached')], max_length=20)),
                    ('direction', models.CharField(blank=True, choices=[('out', 'Outgoing'), ('in', 'Incoming')], max_length=3)),
                    ('is_third_party', models.BooleanField(default=False, help_text='then nothing but how to reach the borrower is said')),
                    ('text', models.TextField()),
                    ('text_zh', models.TextField()),
                    ('valid_from', models.DateField()),
                    ('is_withdrawn', models.BooleanField(default=False)),
                    ('change', models.ForeignKey(help_text='what published it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('code', 'valid_from'), name='script_once_from_a_day'), models.CheckConstraint(condition=models.Q(('is_third_party', False), models.Q(('reason', ''), ('stage', '')), _connector='OR'), name='third_party_is_told_of_no_debt')],
                },
            ), migrations.CreateModel(
                name='PromisePart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('amount', models.BigIntegerField()),
                    ('due_on', models.DateField()),
                    ('met_on', models.DateField(help_text='the day on which payments had reached it', null=True)),
                    ('promise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='cases.promise')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('promise', 'number'), name='one_part_of_a_number'), models.UniqueConstraint(fields=('promise', 'due_on'), name='one_part_a_day'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='part_is_positive')],
                },
            ), migrations.CreateModel(
                name='StagePlan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField(unique=True)),
                    ('content', models.JSONField(help_text='stages and exceptions')),
                    ('change', models.OneToOneField(help_text='what published it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                ],
            ), migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('query', models.CharField(help_text='as it stands in the URL; never a name or a number searched for', max_length=1000)),
                    ('is_default', models.BooleanField(default=False, verbose_name='opens by itself')),
                    ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='case_views', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'name'), name='saved_view_by_its_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('user',), name='one_view_opens_by_itself')],
                },
            ), migrations.CreateModel(
                name='Agency',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40, unique=True)),
                ],
            ), migrations.CreateModel(
                name='AgencyEvaluation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on', models.DateField()),
                    ('grade', models.CharField(choices=[('good', 'Good'), ('fair', 'To be mended'), ('poor', 'Not to be used')], max_length=10)),
                    ('words', models.CharField(max_length=1000)),
                    ('at', models.DateTimeField()),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='cases.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ), migrations.CreateModel(
                name='AgencyTerms',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('valid_from', models.DateField()),
                    ('name', models.CharField(max_length=120)),
                    ('name_zh', models.CharField(blank=True, max_length=120)),
                    ('listed_at', models.CharField(blank=True, help_text='where the white list names it; empty: not listed', max_length=200)),
                    ('contract_from', models.DateField()),
                    ('contract_to', models.DateField(help_text='last day, included')),
                    ('days_max', models.PositiveSmallIntegerField(help_text='the longest placement, in days')),
                    ('channels', models.JSONField(help_text='by which it may contact borrowers')),
                    ('commission', models.JSONField(help_text='parts per million by bucket')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='cases.agency')),
                    ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.change')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('agency', 'valid_from'), name='agency_terms_once_from_a_day'), models.CheckConstraint(condition=models.Q(('contract_to__gte', models.F('contract_from'))), name='agency_contract_has_days')],
                },
            ), migrations.CreateModel(
                name='Referral',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('made_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_words', models.CharField(blank=True, max_length=300)),
                    ('kind', models.CharField(choices=[('visit', 'Visit'), ('agency', 'Agency'), ('mediation', 'Mediation'), ('lawsuit', 'Lawsuit')], max_length=10)),
                    ('state', models.CharField(choices=[('waiting', 'Waits for a decision'), ('running', 'Under way'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='waiting', max_length=10)),
                    ('stage', models.CharField(blank=True, choices=[('invited', 'Invited to mediation'), ('accepted', 'Both agree to mediate'), ('session', 'Session held'), ('prepared', 'Papers prepared'), ('preserved', 'Assets preserved'), ('filed', 'Filed with the court'), ('docketed', 'Taken up by the court'), ('hearing', 'Heard'), ('judged', 'Judgment given'), ('enforced', 'Under enforcement')], max_length=10)),
                    ('words', models.CharField(help_text='why, and what is to be done', max_length=1000)),
                    ('from_on', models.DateField(help_text='asked for; from the decision on, the day of the decision')),
                    ('until_on', models.DateField(help_text='last day, included')),
                    ('batch', models.CharField(blank=True, help_text='what was placed in one step', max_length=32)),
                    ('visit_at', models.DateTimeField(null=True)),
                    ('result', models.CharField(blank=True, choices=[('met', 'The borrower was met'), ('other_person', 'Somebody else was met'), ('not_met', 'Nobody was met'), ('moved', 'Does not live there'), ('agreement', 'An agreement'), ('no_agreement', 'No agreement'), ('for_us', 'Decided for us'), ('in_part', 'Decided for us in part'), ('against_us', 'Decided against us'), ('withdrawn', 'Suit withdrawn'), ('nothing', 'Nothing came of it'), ('recalled', 'Called back'), ('paid', 'Nothing is overdue any more'), ('plan', 'A new schedule is in force'), ('hold', 'A hold or complaint stands'), ('written_off', 'Written off'), ('expired', 'Its time was up')], max_length=12)),
                    ('result_words', models.CharField(blank=True, max_length=1000)),
                    ('ended_on', models.DateField(null=True)),
                    ('version', models.PositiveIntegerField(default=0, help_text='grows with each step: forms carry it, stale ones lose')),
                    ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='cases.agency')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='cases.case')),
                    ('checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('first_visitor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('second_visitor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('terms', models.ForeignKey(help_text='those of the decision', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.agencyterms')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['until_on', 'id'], name='referral_by_end'), models.Index(condition=models.Q(('state', 'ended')), fields=['-ended_on', '-id'], name='referral_ended')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('case', 'kind'), name='one_referral_of_a_kind'), models.CheckConstraint(condition=models.Q(('checker', None), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='referral_is_not_decided_by_its_maker'), models.CheckConstraint(condition=models.Q(models.Q(('checker', None), ('decided_at', None), ('state__in', ['waiting', 'withdrawn'])), models.Q(('checker__isnull', False), ('decided_at__isnull', False), ('state__in', ['refused', 'running', 'ended'])), _connector='OR'), name='referral_decided_has_its_checker'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_on', None), ('result', '')), models.Q(('ended_on__isnull', False), ('state', 'ended'), models.Q(('result', ''), _negated=True)), _connector='OR'), name='ended_referral_has_its_result'), models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='referral_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'visit'), _negated=True), ('first_visitor', None), ('second_visitor', None), ('visit_at', None)), models.Q(('first_visitor__isnull', False), ('kind', 'visit'), ('second_visitor__isnull', False), ('visit_at__isnull', False), models.Q(('first_visitor', models.F('second_visitor')), _negated=True)), _connector='OR'), name='two_people_make_a_visit'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('kind', 'agency')), models.Q(models.Q(('kind', 'agency'), _negated=True), ('agency', None)), _connector='OR'), name='placement_names_its_agency')],
                },
            ), migrations.CreateModel(
                name='ReferralLoan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('bucket', models.CharField(max_length=3)),
                    ('overdue', models.BigIntegerField()),
                    ('payoff', models.BigIntegerField()),
                    ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
                    ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='cases.referral')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('referral', 'loan'), name='loan_once_in_a_referral')],
                },
            ), migrations.CreateModel(
                name='ReferralStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=20)),
                    ('on', models.DateField()),
                    ('at', models.DateTimeField()),
                    ('words', models.TextField(blank=True)),
                    ('document', models.CharField(blank=True, help_text='number or place of the paper or recording', max_length=200)),
                    ('cost', models.BigIntegerField(default=0, help_text='minor units; negative corrects an earlier one')),
                    ('currency', models.CharField(blank=True, max_length=3)),
                    ('facts', models.JSONField(default=dict)),
                    ('attachment', models.ForeignKey(help_text='the same as a file', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.attachment')),
                    ('by', models.ForeignKey(help_text='empty: the console by itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('contact', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referral_step', to='contacts.contact')),
                    ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.referral')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('cost', 0), models.Q(('currency', ''), _negated=True), _connector='OR'), name='cost_has_its_currency')],
                },
            )],
        ),
    ]
