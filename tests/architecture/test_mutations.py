from pathlib import Path

import pytest

from tools.mutations import MUTATIONS, ROOT


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_each_rule_that_can_be_disabled_is_one_line_of_the_code(mutation):
    assert Path(ROOT, "kanssa", mutation.path).read_text("utf-8").count(mutation.before) == 1
