import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kanssa.accounts.models import User
from kanssa.accounts.staff import roles_of
from kanssa.evidence.models import Event
from kanssa.values.role import Role
from tests.staff import EMAIL

pytestmark = pytest.mark.django_db


def run_staff(*words):
    out = StringIO()
    call_command("staff", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def link():
    return run_staff(
        "create", EMAIL.upper(), "--name", "Saga Salonen", "--role", "clerk", "--role", "supervisor"
    )


def test_creating_an_account_prints_its_start_link(link):
    user = User.objects.get()

    assert re.search(r"^http://127\.0\.0\.1:8000/fi/henkilosto/aloita/[\w-]{43}/$", link, re.MULTILINE)
    assert user.email == EMAIL
    assert roles_of(user) == {Role.CLERK, Role.SUPERVISOR}
    assert not user.has_usable_password()
    assert Event.objects.get(kind="staff-account-opened").actor_kind == "system"


def test_resetting_prints_another_link(link):
    again = run_staff("reset", EMAIL)

    assert re.search(r"/aloita/[\w-]{43}/", again).group() not in link


def test_an_address_that_looks_mistyped_needs_the_option_sure():
    run_staff("create", "saga@gmial.com", "--name", "Saga\u202e\u00a0Salonen", "--role", "clerk", "--sure")

    user = User.objects.get()
    assert user.email == "saga@gmial.com"
    assert user.name == "Saga Salonen"


def test_an_account_is_found_by_any_spelling_of_its_address():
    run_staff("create", "saga@faß-koti.example", "--name", "Saga Salonen", "--role", "clerk")

    run_staff("close", "SAGA@faß\u2011koti.example")

    assert User.objects.get().email == "saga@xn--fa-koti-1va.example"
    assert User.objects.get().closed_at is not None


def test_roles_are_replaced_by_address_or_id(link):
    run_staff("role", str(User.objects.get().pk), "--role", "operator")

    assert roles_of(User.objects.get()) == {Role.OPERATOR}


def test_closing_removes_all_access_and_creating_again_opens_the_same_account(link):
    user = User.objects.get()
    run_staff("close", EMAIL)
    closed = (User.objects.get().closed_at, roles_of(user))

    run_staff("create", EMAIL, "--name", "Saga Salonen", "--role", "clerk")

    assert closed[0] is not None
    assert closed[1] == set()
    assert User.objects.get().pk == user.pk
    assert User.objects.get().closed_at is None


def test_the_list_names_all_accounts_with_roles_and_last_sign_in(link):
    lines = run_staff("list")

    assert EMAIL in lines
    assert "clerk, supervisor" in lines
    assert "never" in lines


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("reset", "nobody@example.com"), "There is no such local account."),
        (("close", "00000000-0000-0000-0000-000000000007"), "There is no such local account."),
        (("reopen", EMAIL), "There is no such local account."),
        (
            ("create", EMAIL, "--name", "Saga", "--role", "clerk"),
            "There is an account of that address already.",
        ),
        (("create", "saga", "--name", "Saga", "--role", "clerk"), "saga: this is no whole e-mail address."),
        (("create", "ä@example.com", "--name", "Saga", "--role", "clerk"), "only ASCII before the @"),
        (("create", "s@gmial.com", "--name", "Saga", "--role", "clerk"), "Did you mean s@gmail.com?"),
    ],
)
def test_a_mistake_is_a_sentence(link, words, says):
    with pytest.raises(CommandError, match=re.escape(says)):
        run_staff(*words)
