from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0026_approval_limits'),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.CharField(choices=[('product', 'Product terms'), ('funder', 'Funder terms'), ('shares', "Funders' shares"), ('guarantee', 'Guarantee'), ('guarantor_payment', 'Guarantor paid'), ('guarantor_reversal', "Guarantor's payment reversed"), ('fee', 'Cost charged'), ('fee_waiver', 'Cost given up'), ('contact_rules', 'Contact rules'), ('script', 'Call script'), ('next_step', 'Next step'), ('stages', 'Stages'), ('merge', 'Records of one borrower'), ('agency', 'Agency terms'), ('approval_limits', 'Approval limits')], max_length=20),
        ),
    ]
