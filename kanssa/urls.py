"""Every URL, grouped by who uses it. URLs for people are in their language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path, register_converter
from django.utils.translation import pgettext_lazy as pgettext

from kanssa.ops import health
from kanssa.web.account import actions, own_account, printed_invitations, username, visit
from kanssa.web.account import views as account
from kanssa.web.apply import continue_later, editing, people
from kanssa.web.apply import views as apply
from kanssa.web.confirm import invitation_code
from kanssa.web.confirm import views as confirm
from kanssa.web.confirm.own_details import own_details
from kanssa.web.form.steps import StepConverter
from kanssa.web.identify import federation_documents, saml_post
from kanssa.web.identify import views as identify
from kanssa.web.public import outcome
from kanssa.web.public import views as public
from kanssa.web.staff import start as staff
from kanssa.web.staff.desk import (
    case,
    document_decisions,
    identification,
    non_disclosure,
    printed_letters,
    search,
    usernames,
    worklists,
)
from kanssa.web.staff.office import information
from kanssa.web.staff.sign_in import account_setup, sign_in
from kanssa.web.staff.supervision import document_checks, history
from kanssa.web.staff.supervision import roles_and_reads as supervise_people

register_converter(StepConverter, "step")

_PUBLIC = [
    path("", public.front, name="front"),
    path(pgettext("address", "instructions/"), public.instructions, name="instructions"),
    path(pgettext("address", "contact/"), public.contact, name="contact"),
    path(pgettext("address", "privacy/"), public.privacy, name="privacy"),
    path(pgettext("address", "accessibility/"), public.accessibility, name="accessibility"),
    path(pgettext("address", "outcome/<str:token>/"), outcome.outcome, name="outcome"),
]
_APPLY = [
    path("", apply.start, name="start"),
    # Most requests are for the steps; no other page here has the address of one.
    path("<step:key>/", apply.main_step, name="step"),
    path(pgettext("address", "co-applicants/"), people.co_applicants, name="co_applicants"),
    path(
        pgettext("address", "co-applicants/<uuid:applicant_id>/remove/"),
        people.remove_co_applicant,
        name="remove_co_applicant",
    ),
    path(
        pgettext("address", "co-applicants/<uuid:applicant_id>/<step:key>/"),
        people.co_applicant,
        name="co_applicant",
    ),
    path(pgettext("address", "others/"), people.residents, name="residents"),
    path(pgettext("address", "others/<uuid:resident_id>/"), people.resident, name="resident"),
    path(
        pgettext("address", "others/<uuid:resident_id>/remove/"),
        people.remove_resident,
        name="remove_resident",
    ),
    path(pgettext("address", "check/"), apply.check, name="check"),
    path(pgettext("address", "send/"), apply.send, name="send"),
    path(pgettext("address", "sent/"), apply.sent, name="sent"),
    path(pgettext("address", "sent/visit/"), visit.visit_of_sent_application, name="visit"),
    path(pgettext("address", "continue-later/"), continue_later.continue_later, name="continue_later"),
    path(pgettext("address", "continue-later/sent/"), continue_later.link_sent, name="link_sent"),
    path(pgettext("address", "continue/<str:token>/"), continue_later.resume, name="resume"),
    path(pgettext("address", "edit/"), editing.edit, name="edit"),
    path(pgettext("address", "edit/save/"), editing.save, name="save"),
    path(pgettext("address", "edit/leave/"), editing.leave, name="leave"),
    path(pgettext("address", "withdraw/"), editing.withdraw, name="withdraw"),
]
_IDENTIFY = [
    path("", identify.choose, name="choose"),
    path(pgettext("address", "cookies/"), identify.cookies, name="cookies"),
    path(pgettext("address", "without-cookies/"), identify.without_cookies, name="without_cookies"),
    path("<slug:method>/", identify.begin, name="begin"),
]
_CONFIRM = [
    path("", confirm.choose, name="choose"),
    path(pgettext("address", "terms/"), confirm.terms, name="terms"),
    path(pgettext("address", "no-application/"), confirm.no_application, name="nothing"),
    path(pgettext("address", "other-person/"), confirm.other_person, name="other_person"),
    path("<uuid:application_id>/", confirm.review, name="review"),
    path(pgettext("address", "<uuid:application_id>/confirm/"), confirm.confirm, name="confirm"),
    path(pgettext("address", "<uuid:application_id>/done/"), confirm.done, name="done"),
    path(pgettext("address", "<uuid:application_id>/receipt/"), confirm.receipt, name="receipt"),
    path(pgettext("address", "<uuid:application_id>/proposal/"), confirm.proposal, name="proposal"),
    path(
        pgettext("address", "<uuid:application_id>/own-details/<step:key>/"),
        own_details,
        name="own_details",
    ),
]
_INVITATION = [
    path(pgettext("address", "not-for-me/"), confirm.refused, name="refused"),
    path(pgettext("address", "code/"), invitation_code.code, name="code"),
    path("<str:token>/", confirm.invitation, name="invitation"),
    path(pgettext("address", "<str:token>/not-for-me/"), confirm.not_for_me, name="not_for_me"),
]
_ACCOUNT = [
    path("", account.applications, name="applications"),
    path(pgettext("address", "log-in/"), account.sign_in, name="sign_in"),
    path(pgettext("address", "log-in/username/"), username.sign_in, name="username"),
    path(pgettext("address", "create-username/"), username.create, name="create"),
    path(pgettext("address", "create-username/mail-sent/"), username.mail_sent, name="mail_sent"),
    path(pgettext("address", "forgotten-password/"), username.forgotten, name="forgotten"),
    path(pgettext("address", "password/<str:token>/"), username.open_link, name="open"),
    path(pgettext("address", "who-you-are/"), username.reauthentication, name="prove"),
    path(pgettext("address", "who-you-are/code/"), own_account.second_factor, name="second_factor"),
    path(pgettext("address", "sign-ins/"), own_account.own_account, name="own"),
    path(pgettext("address", "sign-ins/password/"), own_account.password, name="password"),
    path(pgettext("address", "sign-ins/authenticator/begin/"), own_account.begin, name="begin_authenticator"),
    path(pgettext("address", "sign-ins/authenticator/"), own_account.authenticator, name="authenticator"),
    path(pgettext("address", "sign-ins/codes/"), own_account.codes, name="codes"),
    path(pgettext("address", "sign-ins/remove/"), own_account.remove, name="remove_second_factor"),
    path(pgettext("address", "sign-out/"), account.sign_out, name="sign_out"),
    path(pgettext("address", "signed-out/"), account.signed_out, name="signed_out"),
    path(pgettext("address", "next-person/"), account.next_person, name="next_person"),
    path("<uuid:application_id>/", account.status, name="status"),
    path(pgettext("address", "<uuid:application_id>/visit/"), visit.visit, name="visit"),
    path(
        pgettext("address", "<uuid:application_id>/invite/<uuid:applicant_id>/"),
        account.resend,
        name="resend",
    ),
    path(
        pgettext("address", "<uuid:application_id>/print/<uuid:applicant_id>/"),
        printed_invitations.invitation,
        name="printed_invitation",
    ),
    path(
        pgettext("address", "<uuid:application_id>/try-address/"),
        account.try_address,
        name="try_address",
    ),
    path(pgettext("address", "<uuid:application_id>/edit/"), actions.edit, name="edit"),
    path(
        pgettext("address", "<uuid:application_id>/edit/<uuid:applicant_id>/"),
        actions.correct_contact,
        name="correct_contact",
    ),
    path(pgettext("address", "<uuid:application_id>/renew/"), actions.renew, name="renew"),
    path(pgettext("address", "<uuid:application_id>/discard/"), actions.discard, name="discard"),
    path(pgettext("address", "<uuid:application_id>/withdraw/"), actions.withdraw, name="withdraw"),
    path(
        pgettext("address", "<uuid:application_id>/withdraw-confirmation/"),
        actions.withdraw_confirmation,
        name="withdraw_confirmation",
    ),
    path(pgettext("address", "<uuid:application_id>/read/"), actions.acknowledge, name="acknowledge"),
    path(pgettext("address", "<uuid:application_id>/decline/"), actions.decline, name="decline"),
    path(pgettext("address", "<uuid:application_id>/leave/"), actions.leave, name="leave"),
    path(
        pgettext("address", "<uuid:application_id>/main-applicant/"),
        actions.main_place,
        name="main_place",
    ),
    path(
        pgettext("address", "<uuid:application_id>/continue-without/"),
        actions.continue_without,
        name="continue_without",
    ),
    path(pgettext("address", "<uuid:application_id>/copy/"), actions.copy, name="copy"),
    path(pgettext("address", "<uuid:application_id>/copy-own/"), actions.copy_own, name="copy_own"),
    path(pgettext("address", "ask-again/<uuid:refusal_id>/"), actions.allow_asking, name="allow_asking"),
]
_STAFF = [
    path("", staff.start, name="start"),
    path(pgettext("address", "sign-in/"), sign_in.sign_in, name="sign_in"),
    path(pgettext("address", "sign-in/<slug:key>/"), sign_in.begin, name="begin"),
    path(pgettext("address", "code/"), sign_in.second_factor, name="second_factor"),
    path(pgettext("address", "begin/<str:token>/"), account_setup.choose_password, name="choose_password"),
    path(pgettext("address", "authenticator/"), account_setup.second_factor_setup, name="set_up"),
    path(pgettext("address", "sign-out/"), sign_in.sign_out, name="sign_out"),
    path(pgettext("address", "people/"), staff.people, name="people"),
]
_DESK = [
    path(pgettext("address", "search/"), search.search, name="search"),
    path(pgettext("address", "not-mine/"), search.declare, name="declare"),
    path(pgettext("address", "end/"), identification.end, name="end"),
    path(pgettext("address", "slips/"), worklists.slips, name="slips"),
    path(pgettext("address", "list/<slug:which>/"), worklists.listing, name="list"),
    path(pgettext("address", "task/<uuid:task_id>/"), worklists.task, name="task"),
    path(pgettext("address", "case/<uuid:application_id>/"), case.case, name="case"),
    path(pgettext("address", "case/<uuid:application_id>/open/"), search.open_found, name="open"),
    path(pgettext("address", "case/<uuid:application_id>/why/"), search.why, name="why"),
    path(pgettext("address", "case/<uuid:application_id>/close/"), search.close, name="close"),
    path(pgettext("address", "case/<uuid:application_id>/contact/"), case.contact, name="contact"),
    path(pgettext("address", "case/<uuid:application_id>/more-time/"), case.extension, name="extension"),
    path(pgettext("address", "case/<uuid:application_id>/serving/"), identification.serving, name="serving"),
    path(pgettext("address", "case/<uuid:application_id>/slip/"), identification.slip, name="slip"),
    path(pgettext("address", "case/<uuid:application_id>/code/"), identification.code, name="code"),
    path(
        pgettext("address", "case/<uuid:application_id>/annulment/<uuid:check_id>/"),
        case.annulment,
        name="annulment",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/identify/"),
        identification.identify,
        name="identify",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/left/"),
        case.departure,
        name="departure",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/new-link/"),
        case.resend,
        name="resend",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/try-address/"),
        case.try_address,
        name="try_address",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/letter/"),
        printed_letters.letter,
        name="letter",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/decision/<uuid:check_id>/ask/"),
        document_decisions.ask,
        name="ask_decision",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/decision/<uuid:check_id>/identify/"),
        document_decisions.identify,
        name="identify_by_decision",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/contacts/"),
        non_disclosure.contacts,
        name="contacts",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/protect/"),
        non_disclosure.protect,
        name="protect",
    ),
    path(
        pgettext("address", "case/<uuid:application_id>/<uuid:applicant_id>/username/"),
        usernames.username,
        name="username",
    ),
]
_SUPERVISE = [
    path(pgettext("address", "checks/<slug:which>/"), document_checks.listing, name="checks"),
    path(pgettext("address", "check/<uuid:check_id>/"), document_checks.check, name="check"),
    path(pgettext("address", "check/<uuid:check_id>/why/"), document_checks.why, name="why"),
    path(pgettext("address", "check/<uuid:check_id>/annul/"), document_checks.annul, name="annul"),
    path(pgettext("address", "check/<uuid:check_id>/keep/"), document_checks.keep, name="keep"),
    path(pgettext("address", "check/<uuid:check_id>/document/"), document_checks.document, name="document"),
    path(pgettext("address", "decided/"), history.decided, name="decided"),
    path(pgettext("address", "application/"), history.find, name="find"),
    path(pgettext("address", "application/<uuid:application_id>/"), history.history, name="history"),
    path(pgettext("address", "application/<uuid:application_id>/why/"), history.why, name="why_history"),
    path(
        pgettext("address", "application/<uuid:application_id>/annul/<uuid:confirmation_id>/"),
        history.annul,
        name="annul_confirmation",
    ),
    path(
        pgettext("address", "application/<uuid:application_id>/undo-lapse/"),
        history.undo_lapse,
        name="undo_lapse",
    ),
    path(
        pgettext("address", "application/<uuid:application_id>/<uuid:applicant_id>/free/"),
        history.free,
        name="free",
    ),
    path(
        pgettext("address", "application/<uuid:application_id>/<uuid:applicant_id>/take-back/"),
        history.undo,
        name="undo",
    ),
    path(pgettext("address", "desk/"), information.desk, name="desk"),
    path(pgettext("address", "desk/hours/"), information.times, name="desk_times"),
    path(pgettext("address", "desk/day/"), information.day, name="desk_day"),
    path(pgettext("address", "desk/notice/"), information.notice, name="desk_notice"),
    path(pgettext("address", "desk/remove/"), information.remove, name="desk_remove"),
    path(pgettext("address", "protected/"), supervise_people.protected, name="protected"),
    path(pgettext("address", "roles/<uuid:user_id>/"), supervise_people.roles, name="roles"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readiness", health.readiness, name="readiness"),
    path("staff-return/<slug:key>/", sign_in.return_from_broker, name="staff_return"),
    path("return/<slug:method>/", saml_post.return_from_broker, name="return"),
    path("return/<slug:method>/logout/", saml_post.logout, name="logout"),
    re_path(r"^return/[a-z0-9-]+/metadata/$", federation_documents.published, name="metadata"),
    re_path(
        r"^(?:entity/[a-z0-9-]+/)?(?:\.well-known/openid-federation|signed-jwks)$",
        federation_documents.published,
        name="published",
    ),
    *i18n_patterns(
        path("", include((_PUBLIC, "public"))),
        path(pgettext("address", "application/"), include((_APPLY, "apply"))),
        path(pgettext("address", "identification/"), include((_IDENTIFY, "identify"))),
        path(pgettext("address", "confirming/"), include((_CONFIRM, "confirm"))),
        path(pgettext("address", "invitation/"), include((_INVITATION, "invitation"))),
        path(pgettext("address", "e-service/"), include((_ACCOUNT, "account"))),
        path(pgettext("address", "staff/"), include((_STAFF, "staff"))),
        path(pgettext("address", "staff/desk/"), include((_DESK, "desk"))),
        path(pgettext("address", "staff/supervisor/"), include((_SUPERVISE, "supervise"))),
    ),
]

handler400 = "kanssa.web.base.refusals.bad_request"
handler404 = "kanssa.web.base.refusals.not_found"
handler500 = "kanssa.web.base.database_outage.server_error"
