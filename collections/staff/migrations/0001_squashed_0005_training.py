"""All models as they stand after the migrations that this one replaces, for a database that has run none of them."""

import audit.migrating
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('staff', '0001_initial'), ('staff', '0002_pulse'), ('staff', '0003_skills_and_shifts'), ('staff', '0004_sign_in'), ('staff', '0005_training')]

    initial = True

    dependencies = [
        ('auth', '__first__'),
    ]

    operations = [
        audit.migrating.CreateModels(
            models=[migrations.CreateModel(
                name='Team',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True)),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='staff.team')),
                    ('pulls', models.BooleanField(db_default=False, default=False)),
                ],
            ), migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('role', models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor'), ('manager', 'Manager'), ('auditor', 'Auditor'), ('administrator', 'Administrator')], default='agent', max_length=20, verbose_name='role')),
                    ('display_name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                    ('capacity', models.PositiveIntegerField(default=200, verbose_name='capacity in cases')),
                    ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                    ('theme', models.CharField(choices=[('auto', 'As the system'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=5, verbose_name='theme')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='staff.team')),
                    ('effort', models.PositiveIntegerField(blank=True, help_text='sum of the weights of cases at most; empty: no limit', null=True, verbose_name='capacity in effort')),
                    ('shift_days', models.CharField(db_default='1234567', default='1234567', max_length=7, verbose_name='working days')),
                    ('shift_from', models.TimeField(blank=True, null=True, verbose_name='shift begins')),
                    ('shift_to', models.TimeField(blank=True, null=True, verbose_name='shift ends')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['agent', 'supervisor', 'manager', 'auditor', 'administrator'])), name='user_has_a_known_role')],
                },
            ), migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_on', models.DateField(verbose_name='first day')),
                    ('to_on', models.DateField(verbose_name='last day')),
                    ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                    ('noted_at', models.DateTimeField()),
                    ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['user', 'to_on'], name='absence_by_user')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('to_on__gte', models.F('from_on'))), name='absence_ends_after_start')],
                },
            ), migrations.CreateModel(
                name='Job',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('title', models.CharField(max_length=200)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                    ('parameters', models.JSONField(default=dict)),
                    ('cursor', models.JSONField(default=dict, help_text='where the next slice begins')),
                    ('done', models.BigIntegerField(default=0)),
                    ('total', models.BigIntegerField(null=True)),
                    ('report', models.JSONField(default=dict)),
                    ('message', models.TextField(blank=True)),
                    ('created_at', models.DateTimeField()),
                    ('started_at', models.DateTimeField(null=True)),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('lease_until', models.DateTimeField(null=True)),
                    ('attempt', models.PositiveIntegerField(default=0)),
                    ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['lease_until'], name='job_unfinished')],
                },
            ), migrations.CreateModel(
                name='SpentKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=64)),
                    ('path', models.CharField(max_length=300)),
                    ('answer', models.TextField(blank=True)),
                    ('spent_at', models.DateTimeField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['spent_at'], name='spent_key_by_age')],
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_time_key_is_spent_once')],
                },
            ), migrations.CreateModel(
                name='Pulse',
                fields=[
                    ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                ],
            ), migrations.CreateModel(
                name='Skill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('language', 'Language'), ('stage', 'Stage'), ('funder', 'Funder'), ('product', 'Product')], max_length=10)),
                    ('value', models.CharField(help_text='the code of the language, stage, funder or product', max_length=40)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'value'), name='one_skill_once')],
                },
            ), migrations.CreateModel(
                name='Factor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('secret', models.TextField()),
                    ('last_step', models.BigIntegerField()),
                    ('made_at', models.DateTimeField()),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='factor', to=settings.AUTH_USER_MODEL)),
                ],
            ), migrations.CreateModel(
                name='Session',
                fields=[
                    ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                    ('session_data', models.TextField(verbose_name='session data')),
                    ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                    ('started_at', models.DateTimeField()),
                    ('seen_at', models.DateTimeField()),
                    ('address', models.CharField(blank=True, max_length=64)),
                    ('agent', models.CharField(blank=True, max_length=200)),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'session',
                    'verbose_name_plural': 'sessions',
                    'abstract': False,
                },
            ), migrations.CreateModel(
                name='Door',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('address', 'Address'), ('place', 'Place'), ('elsewhere', 'Elsewhere'), ('known', 'Known'), ('code', 'Code')], max_length=10)),
                    ('key', models.CharField(max_length=64)),
                    ('address', models.CharField(blank=True, max_length=64)),
                    ('tries', models.PositiveIntegerField()),
                    ('last_at', models.DateTimeField()),
                    ('welcome_at', models.DateTimeField(null=True)),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['last_at'], name='door_by_age')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='door_is_counted_once')],
                },
            ), migrations.CreateModel(
                name='RecoveryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('used_at', models.DateTimeField(null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_is_kept_once')],
                },
            ), migrations.CreateModel(
                name='Training',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('pre_job', 'Before the first case'), ('yearly', 'Yearly')], max_length=10)),
                    ('values', models.JSONField(default=list, help_text='codes of the stages that it is for; empty for all')),
                    ('trained_on', models.DateField()),
                    ('exam_on', models.DateField()),
                    ('score', models.PositiveSmallIntegerField(help_text='percent')),
                    ('passed', models.BooleanField()),
                    ('evidence', models.CharField(blank=True, help_text='the paper by its reference', max_length=120)),
                    ('recorded_at', models.DateTimeField()),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['user', '-exam_on'], name='training_of_user')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('user', models.F('recorded_by')), _negated=True), name='nobody_records_their_own_examination'), models.CheckConstraint(condition=models.Q(('exam_on__gte', models.F('trained_on'))), name='examination_follows_training'), models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='score_is_a_percentage')],
                },
            )],
        ),
    ]
