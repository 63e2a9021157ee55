"""Statements that run often are prepared, so that PostgreSQL neither parses nor plans them each time."""

from uuid import uuid4

import pytest
from django.db import connection

from kanssa.applications.aggregate.loading import load_rows

pytestmark = pytest.mark.django_db

_OFTEN = 20


def test_the_plan_of_the_statement_that_reads_an_application_is_kept():
    for _ in range(_OFTEN):
        load_rows([uuid4()])

    assert kept_plans("application.id = $") > 0


def kept_plans(part_of_statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(generic_plans), 0) FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%applications_version_parts%{part_of_statement}%"],
        )
        [[plans]] = cursor.fetchall()
    return int(plans)
