from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dunning', '0003_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Circuit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=40, unique=True)),
                ('faults', models.PositiveIntegerField(default=0, help_text='of this window, less the clear answers')),
                ('window_from', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField(null=True)),
                ('probes', models.PositiveIntegerField(default=0, help_text='that failed since it opened')),
                ('probing_until', models.DateTimeField(null=True)),
                ('last_fault', models.CharField(blank=True, max_length=200)),
                ('last_fault_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('opened_at__isnull', False), models.Q(('probes', 0), ('probing_until', None)), _connector='OR'), name='only_an_open_circuit_is_probed')],
            },
        ),
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=40)),
                ('sender', models.CharField(blank=True, max_length=40)),
                ('next_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('gateway', 'sender'), name='allowance_once_per_sender')],
            },
        ),
        migrations.CreateModel(
            name='LoopbackFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('none', 'It works'), ('slow', 'It is slow'), ('error', 'It answers with an error, and takes nothing'), ('timeout', 'It takes the message, but its answer is lost'), ('duplicate', 'It sends each receipt twice'), ('drop', 'It says that it took the message, and drops it')], max_length=10)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(on_delete=models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='loopbackmessage',
            name='is_receipt_owed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='loopbackmessage',
            index=models.Index(condition=models.Q(('is_receipt_owed', True)), fields=['id'], name='loopback_receipt_owed'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='gateway',
            field=models.CharField(blank=True, db_default='', default='', help_text='through which it was tried last', max_length=40),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state', 'due')), fields=['channel', 'due_at'], name='reminder_due_by_channel'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='result',
            field=models.CharField(choices=[('begun', 'Begun'), ('accepted', 'Taken by the gateway'), ('ambiguous', 'Ambiguous'), ('not_sent', 'Did not leave'), ('refused', 'Refused by the gateway')], default='begun', max_length=10),
        ),
    ]
