from django.utils.translation import override

from kanssa.applications.content.form import PERSON
from kanssa.web.form.display import rows


def test_an_answer_no_longer_offered_is_still_shown_by_its_name():
    with override("fi"):
        [row] = rows(
            [field for field in PERSON if field.name == "home_municipality"], {"home_municipality": "588"}
        )

    assert row.value == "Pertunmaa"
