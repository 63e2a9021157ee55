"""Draw `docs/data-model.md` from the Django models and from `tools/confirming_steps.py`."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, ForeignKey, ManyToManyField, Model, OneToOneField

from tools.confirming_steps import CONFIRMING, Step
from tools.service import set_up

_INTRODUCTION = """\
# The data model

Drawn from the Django models and from a run of the service by `make docs`; `make check` and
`tests/web/test_confirming_steps.py` compare them. Fields that end in `_sealed` are encrypted, and so are
some others; those that end in `_lookup` are keyed look-ups ([security.md](security.md#what-is-stored-how)).
An id without a relation refers to a member of the staff, or to a row that may be erased or that is in a
room which may not be imported.

## Relations
"""
_SEQUENCE = """\
## A co-applicant confirms

Aino has confirmed; Eino's confirmation is the last one. The steps are those of a recorded run
(`tests/web/test_confirming_steps.py`); the [tour](tour.md) follows the same way through the files.
"""
_KINDS = {
    "BigAutoField": "number",
    "BigIntegerField": "number",
    "BinaryField": "bytes",
    "BooleanField": "bool",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "time",
    "ForeignKey": "id",
    "IntegerField": "number",
    "JSONField": "json",
    "OneToOneField": "id",
    "PositiveIntegerField": "number",
    "PositiveSmallIntegerField": "number",
    "UUIDField": "uuid",
}


def render_data_model_page() -> str:
    set_up()
    parts = [_INTRODUCTION, *_relations(), "", *_rooms(), _SEQUENCE, *_sequence(CONFIRMING)]
    return "\n".join([*parts, ""])


def _relations() -> Iterator[str]:
    yield from ("```mermaid", "erDiagram")
    yield from (line for models in _models().values() for model in models for line in _relations_of(model))
    yield "```"


def _relations_of(model: type[Model]) -> Iterator[str]:
    for field in model._meta.get_fields():  # noqa: SLF001 the public way to read a model
        if isinstance(field, ForeignKey | ManyToManyField) and field.model is model:
            other = field.related_model.__name__
            yield f"    {other} {_line(field)} {model.__name__} : {field.name}"


def _line(field: "ForeignKey[Model] | ManyToManyField[Model, Model]") -> str:
    if isinstance(field, ManyToManyField):
        return "}o--o{"
    one = "|o" if field.null else "||"
    return f"{one}--o|" if isinstance(field, OneToOneField) else f"{one}--o{{"


def _rooms() -> Iterator[str]:
    for room, models in _models().items():
        yield from (f"## `kanssa/{room}`", "", "```mermaid", "erDiagram")
        for model in models:
            yield f"    {model.__name__} {{"
            yield from (f"        {_attribute(field)}" for field in model._meta.concrete_fields)  # noqa: SLF001
            yield "    }"
        yield from ("```", "")


def _attribute(field: "Field[object, object]") -> str:
    keys = [
        name
        for name, holds in (
            ("PK", field.primary_key),
            ("FK", isinstance(field, ForeignKey)),
            ("UK", field.unique and not field.primary_key),
        )
        if holds
    ]
    parts = [
        _KINDS[field.get_internal_type()],
        field.name,
        ", ".join(keys),
        '"optional"' if field.null else "",
    ]
    return " ".join(part for part in parts if part)


def _models() -> dict[str, list[type[Model]]]:
    rooms = {config.label: config for config in apps.get_app_configs() if config.name.startswith("kanssa.")}
    found = {room: sorted(rooms[room].get_models(), key=lambda each: each.__name__) for room in sorted(rooms)}
    return {room: models for room, models in found.items() if models}


def _sequence(steps: tuple[Step, ...]) -> Iterator[str]:
    yield from ("```mermaid", "sequenceDiagram", "    actor Eino")
    yield from ("    participant Page", "    participant Case as Use case")
    yield from ("    participant Log as Event log", "    participant Queue as Messages")
    for before, step in zip((None, *steps), steps, strict=False):
        if before is None or before.address != step.address:
            yield f"    Eino->>Page: {step.address}"
        yield f"    Page->>Case: {step.use_case}"
        yield from (f"    Case->>Log: {event}" for event in step.events)
        yield from (f"    Case->>Queue: {topic}" for topic in step.messages)
    yield "```"
