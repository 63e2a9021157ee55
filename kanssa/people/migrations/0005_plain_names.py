"""Name a column in the field's standard terms."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0004_orders_of_one_length")]
    operations = [migrations.RenameField("person", "protection_sealed", "non_disclosure_sealed")]
