from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_protection")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="foreign_lookup",
            field=models.BinaryField(max_length=32, null=True, unique=True),
        ),
    ]
