"""Seal non-disclosure orders again: the length of the old ones told whether one holds."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kanssa.vault import open_json, seal_json


def seal_again(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there, in whole blocks."""
    Person = apps.get_model("people", "Person")
    for row in Person.objects.exclude(protection_sealed=None).only("pk", "protection_sealed").iterator():
        bound_to = f"person:{row.pk}:protection"
        said = open_json(bytes(row.protection_sealed), bound_to=bound_to)
        row.protection_sealed = seal_json(said, bound_to=bound_to)
        row.save(update_fields=["protection_sealed"])


class Migration(migrations.Migration):
    dependencies = [("people", "0003_foreign_id")]
    operations = [migrations.RunPython(seal_again, migrations.RunPython.noop)]
