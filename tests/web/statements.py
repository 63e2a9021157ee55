"""Counts the statements that each request sends to PostgreSQL, transaction control aside."""

from collections import defaultdict
from contextlib import contextmanager

from django.db import connection
from django.urls import resolve
from django.utils.translation import override

from tests.web.browser import Browser

_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class CountingBrowser(Browser):
    """Keeps the statements of each request by its method and the name of its address."""

    def __init__(self, language="en"):
        super().__init__(language)
        self.requests = defaultdict(list)
        for method in ("get", "post"):
            setattr(self.client, method, self._counted(method, getattr(self.client, method)))

    def _counted(self, method, ask):
        def counted(path, *more, **named):
            with recorded() as statements:
                answer = ask(path, *more, **named)
            with override(self.language):
                name = resolve(path.split("?")[0]).view_name
            self.requests[f"{method.upper()} {name}"].append(statements)
            return answer

        return counted


@contextmanager
def recorded():
    statements = []

    def keep(execute, sql, *rest):
        if not sql.lstrip().upper().startswith(_CONTROL):
            statements.append(" ".join(sql.split()))
        return execute(sql, *rest)

    with connection.execute_wrapper(keep):
        yield statements
