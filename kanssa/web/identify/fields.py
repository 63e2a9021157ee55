from django.http import QueryDict

from kanssa.identification.refusals import ReplyRefused


def single_values(fields: QueryDict) -> dict[str, str]:
    # A repeated field could mean two things, so it is refused.
    if any(len(values) > 1 for _name, values in fields.lists()):
        raise ReplyRefused(why="duplicate-parameter")
    return {name: str(value) for name, value in fields.items()}
