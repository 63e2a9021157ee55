"""Seal the salts that lay in clear. They stay the same, so that equal content keeps its digest."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kanssa.vault import open_json, seal_json

_BATCH = 500


def seal(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal each salt for its row; seal non-disclosure orders again, since their length told of them."""
    for name in ("Application", "Applicant"):
        _rewrite(apps.get_model("applications", name), "salt_sealed", _sealed)
    _rewrite(apps.get_model("applications", "Applicant"), "order_sealed", _order_again)


def unseal(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the code before its open salts back."""
    for name in ("Application", "Applicant"):
        _rewrite(apps.get_model("applications", name), "salt_sealed", _opened)


def _rewrite(model: Any, field: str, changed: Callable[[UUID, bytes], bytes]) -> None:
    rows = []
    for row in model.objects.exclude(**{field: None}).only("pk", field).iterator(_BATCH):
        setattr(row, field, changed(row.pk, bytes(getattr(row, field))))
        rows.append(row)
        if len(rows) == _BATCH:
            model.objects.bulk_update(rows, [field])
            rows.clear()
    model.objects.bulk_update(rows, [field])


def _sealed(pk: UUID, salt: bytes) -> bytes:
    return seal_json(salt.hex(), bound_to=f"salt:{pk}")


def _opened(pk: UUID, sealed: bytes) -> bytes:
    return bytes.fromhex(open_json(sealed, bound_to=f"salt:{pk}"))


def _order_again(pk: UUID, sealed: bytes) -> bytes:
    bound_to = f"applicant:{pk}:order"
    return seal_json(open_json(sealed, bound_to=bound_to), bound_to=bound_to)


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_order_of_a_place")]
    operations = [
        migrations.RenameField("application", "salt", "salt_sealed"),
        migrations.RenameField("applicant", "salt", "salt_sealed"),
        migrations.AlterField("application", "salt_sealed", models.BinaryField()),
        migrations.AlterField("applicant", "salt_sealed", models.BinaryField()),
        migrations.RunPython(seal, unseal),
    ]
