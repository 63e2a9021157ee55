"""The fields that a broker sends by a browser."""

from django.http import QueryDict

from kanssa.identification.refusals import ReplyRefused


def single_values(fields: QueryDict) -> dict[str, str]:
    """Give each field's value. One that comes twice could mean two things: it is refused."""
    if any(len(values) > 1 for _name, values in fields.lists()):
        raise ReplyRefused(why="duplicate-parameter")
    return {name: str(value) for name, value in fields.items()}
