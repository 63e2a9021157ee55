"""Every reader of input gives the same answer, however the input was pasted."""

import ast
import importlib
import pkgutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.management import call_command

from kanssa import web
from kanssa.accounts.models import User
from kanssa.applications.content.form import HOME, NEED, PERSON, WISHES
from kanssa.applications.search.applicants import parse_query
from kanssa.values.mrz import parse_mrz
from kanssa.web.account.forms import ActivationCodeForm as SlipForm
from kanssa.web.account.forms import MailboxForm
from kanssa.web.form.base_form import Form
from kanssa.web.form.credentials import SignInForm
from kanssa.web.form.questions import build_form
from kanssa.web.staff.desk.document_form import DocumentForm
from kanssa.web.staff.desk.forms import AnnulmentForm, DepartureForm, HetuForm, SearchForm
from kanssa.web.staff.office.forms import DayForm, NoticeForm, TimesForm
from kanssa.web.staff.sign_in.forms import SecondFactorForm
from kanssa.web.staff.supervision.forms import AnnulForm, FiltersForm, FindForm, KeepForm, UndoForm
from tests.cast import TODAY
from tests.web.pasted import PASTED, PLAIN

FIELDS = {field.name: field for field in (*HOME, *NEED, *WISHES, *PERSON)}
ADULT = SimpleNamespace(hetu="140288-900C", born=None, last_name="", first_names="")
READ_FROM_POST = {
    "archive_reference",
    "choice",
    "clerk",
    "code",
    "compared",
    "desk",
    "ends",
    "filled",
    "reason",
    "revision",
    "seen",
    "step",
    "typed",
    "version",
    "when",
    "at",
    "after",
    "back",
    "before",
}


def read(form, name):
    form.full_clean()
    return form.cleaned_data.get(name, form.errors.get(name))


def question(name):
    return lambda typed: read(build_form([FIELDS[name]], given={}, typed={name: typed}, today=TODAY), name)


def field(name, form, **more):
    return lambda typed: read(form({name: typed}, **more), name)


def searched(typed):
    found = read(SearchForm({"typed": typed}), "typed")
    return parse_query(found, today=TODAY, allow_test_codes=True)


def scanned(typed):
    return parse_mrz(DocumentForm({"zone": typed}, adult=ADULT).scanned, today=TODAY)


def found_by_command(typed):
    call_command(
        "staff", "create", typed, "--name", "Saga", "--role", "clerk", stdout=SimpleNamespace(write=str)
    )
    user = User.objects.get()
    user.delete()
    return user.email


def plain_code(form, name):
    return lambda typed: "".join(filter(str.isalnum, read(form({name: typed}), name).upper()))


READERS = {
    "hetu": [question("hetu"), field("hetu", HetuForm, today=TODAY), searched],
    "email": [
        question("email"),
        field("email", MailboxForm),
        field("email", SignInForm),
        field("email", TimesForm),
        found_by_command,
    ],
    "name": [
        question("last_name"),
        question("first_names"),
        field("last_name", DocumentForm, adult=ADULT),
        field("first_names", DocumentForm, adult=ADULT),
        field("acting_name", DocumentForm, adult=ADULT),
        searched,
    ],
    "phone": [question("phone")],
    "date": [
        question("move_by"),
        field("expires", DocumentForm, adult=ADULT),
        field("since", FiltersForm, desks=(), clerks={}),
        field("since", TimesForm),
        field("on", DayForm),
        field("until", NoticeForm),
    ],
    "digits": [plain_code(SecondFactorForm, "code")],
    "slip": [plain_code(SlipForm, "code")],
    "reference": [searched, lambda typed: field("reference", FindForm)(typed).upper()],
    "money": [question("gross_income"), question("cost"), question("highest_rent")],
    "postcode": [question("postcode")],
    "street": [question("street_address"), question("city")],
    "zone": [scanned, searched],
    "words": [
        question("postal_address"),
        *[field("words", form) for form in (DepartureForm, AnnulmentForm, AnnulForm, UndoForm, KeepForm)],
        field("fi", NoticeForm),
        field("fi", DayForm),
    ],
}


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "pasted"), PASTED)
def test_every_reader_treats_pasted_input_like_typed_input(kind, pasted):
    for reader in READERS[kind]:
        answer = reader(pasted)

        assert answer == reader(PLAIN[kind])
        assert not isinstance(answer, forms.utils.ErrorList)


def test_at_least_150_inputs_are_tried():
    assert len(set(PASTED)) >= 150


def test_a_password_is_left_as_typed():
    typed = "  ｐａｓｓ\u00a0wo\u200drd’ "

    assert field("password", SignInForm)(typed) == typed


def web_modules():
    for module in pkgutil.walk_packages(web.__path__, "kanssa.web."):
        yield importlib.import_module(module.name)


def test_every_form_of_ours_normalises_its_input():
    ours = {
        each
        for module in web_modules()
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, forms.BaseForm)
        and each.__module__.startswith("kanssa.")
    }

    assert len(ours) > 25
    assert {each for each in ours if not issubclass(each, Form)} == set()


def test_pages_use_only_our_forms_and_read_only_listed_fields():
    for path in Path(web.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("forms.Form", "forms.modelform_factory"), path
                if called in ("request.POST.get", "request.GET.get") and isinstance(
                    node.args[0], ast.Constant
                ):
                    assert node.args[0].value in READ_FROM_POST, path
