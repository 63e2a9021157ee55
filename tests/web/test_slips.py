"""The slip and the clerk's page: the code confirms at once, a later password does not."""

import pytest

from tests.cast import AINO, sent
from tests.web.browser import text_of
from tests.web.staff.desk.test_desk import desk, identified_here, printed_slip  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db


def test_the_slip_says_when_its_code_confirms_and_what_later_sign_ins_need(desk):  # noqa: F811 the fixture
    application = sent(AINO)  # in Finnish
    identified_here(desk, application)

    said = printed_slip(desk, application)

    assert "Vahvista hakemus heti, kun olet luonut tunnuksen" in said
    assert "tarvitset silloin verkkopankkitunnukset, mobiilivarmenteen tai uuden aktivointilapun" in said


def test_the_clerk_reads_when_a_slip_confirms_and_what_later_sign_ins_need(desk):  # noqa: F811 the fixture
    application = sent(AINO)
    identified_here(desk, application)

    said = text_of(desk.get(f"staff/desk/case/{application.pk}/serving/"))

    assert "they can confirm right after they have created the username with the code" in said
    assert "they then need strong identification or a new slip" in said
