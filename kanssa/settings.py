"""Every setting of the service, typed; differences between installations come from the environment.

No secret has a default: a missing one stops the start with its name. Each variable is read in a statement of
its own, followed by its meaning; docs/settings.md is drawn from these.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from environs import Env
from marshmallow.validate import OneOf, Range, Regexp

from kanssa.database.time_limits import TimeLimits

env = Env()
ROOT = Path(__file__).resolve().parent

MODE: str = env.str("KANSSA_MODE", "production", validate=OneOf(["production", "rehearsal", "test"]))
"""The purpose of the installation. Production refuses what is unsafe, with the cure."""
DEBUG: bool = env.bool("KANSSA_DEBUG", False)
"""For `make dev` only: debug pages; templates and styles are read again at each request. Refused in
production."""

# Secrets and addresses
SECRET_KEY: str = env.str("KANSSA_SECRET_KEY")
"""A long random text; signs what browsers bring back."""
VAULT_KEYS: list[str] = env.list("KANSSA_VAULT_KEYS")
"""`<number>:<32 random bytes, base64url>`, separated by commas; the first seals, all of them open."""
LOOKUP_KEY: str = env.str("KANSSA_LOOKUP_KEY")
"""32 random bytes, base64url; identity codes are looked up by it. Never in a backup of the database."""
BASE_URL: str = env.str("KANSSA_BASE_URL")
"""The address that people open, without a slash at its end; https in production."""
_EMAIL = urlsplit(env.str("KANSSA_EMAIL_URL"))
"""The mail server: `smtp://`, `smtp+tls://` or `smtps://user:password@host:port`."""
IDENTIFICATION_FILE: Path = env.path("KANSSA_IDENTIFICATION_FILE")
"""A TOML file with one table per identification method ([identification.md](identification.md)) and one per
single sign-on of the staff ([staff.md](staff.md))."""
IDENTIFICATION_METHODS = {
    "oidc": "kanssa.identification.methods.oidc.load",
    "saml": "kanssa.identification.methods.saml.load",
}
SIGN_ONS = {"oidc": "kanssa.identification.methods.oidc.load_sign_on"}
TRUSTED_PROXY_COUNT: int = env.int(
    "KANSSA_PROXIES", 1 if BASE_URL.startswith("https://") else 0, validate=Range(0, 9)
)
"""How many of our proxies a request passes. Limits by network address depend on it. The default is
1 on https, else 0."""
CLOCK_FUNCTION: str = env.str("KANSSA_CLOCK", "django.utils.timezone.now")
"""The function that tells the time; production allows only the real time."""
REHEARSAL_MAILBOX_URL: str | None = env.str("REHEARSAL_MAILBOX_URL", None)
"""The address of the demo's mailbox, which pages of a rehearsal link to."""

# Rules with numbers (DOMAIN: "the number is a setting with the value given here")
DAYS_TO_CONFIRM = 30
VALID_DAYS = 90
VALID_MONTHS = 3
CONFIRMATION_MONTHS = 12
REMINDER_DAYS = (3, 14, 25)
EXPIRY_WARNING_DAYS = (14, 3)
MAIN_OFFER_DAYS = 7
"""For so long only adults who have confirmed are offered the main applicant's place, if there are any."""
COMING_OF_AGE_DAYS = 30
COPY_DAYS = 30
MAX_EXTENSION_DAYS: int = env.int("KANSSA_MAX_EXTENSION_DAYS", 14, validate=Range(1))
"""How many days a time to confirm may be extended beyond its longest ordinary length."""
OUTAGE_COUNTS_AFTER = timedelta(minutes=10)
"""An outage this long on the last day of a time to confirm extends it."""
ACCEPT_DRIVING_LICENCE = False
MAX_CO_APPLICANTS = 4
MAX_RESIDENTS = 20
MAX_DAILY_INVITATIONS = 5
MAX_DAILY_RECEIPT_MESSAGES = 5
MAX_DAILY_DRAFT_LINKS = 5
DRAFT_DAYS = 30
MAX_DRAFT_BYTES: int = env.int("KANSSA_LARGEST_DRAFT", 200_000, validate=Range(10_000))
"""The largest draft, or own details of an adult, in bytes of JSON."""
INVITATION_COOL_DOWN = timedelta(minutes=10)
INVITATION_CODE_LIFETIME = timedelta(days=14)
MESSAGE_COOL_DOWN = timedelta(minutes=10)
"""Between two messages of one topic to an adult of an application, at one mailbox."""
MAX_DAILY_MESSAGES_PER_TOPIC = 5
"""To one mailbox about one application."""
MAX_DAILY_FIRST_MESSAGES = 30
MAX_DAILY_REPEATED_MESSAGES = 20
"""To one mailbox about all applications together; messages beyond it leave later by themselves."""
MAX_DAILY_ADDRESS_RETRIES = 5
CHANGE_MESSAGE_COOL_DOWN = timedelta(hours=1)
EXIT_URL: str = env.str("KANSSA_EXIT_URL", "https://www.ilmatieteenlaitos.fi/")
"""Where “Leave this page quickly” leads: a page that tells nothing of this service, such as the weather."""
HELPLINE_NAME: str = env.str("KANSSA_HELPLINE_NAME", "Nollalinja")
"""The national helpline for people who fear violence at home, shown where a person declines or withdraws."""
HELPLINE_PHONE: str = env.str("KANSSA_HELPLINE_PHONE", "080 005 005")
"""Its telephone number."""
ATTEMPT_LIFETIME = timedelta(minutes=30)
SESSION_IDLE_LIMIT = timedelta(minutes=30)
SESSION_MAX_AGE = timedelta(hours=2)
ALLOW_TEST_HETU: bool = env.bool("KANSSA_TEST_HETU", False)
"""Accept test identity codes (individual numbers 900-999). Refused in production."""

# Staff
STAFF_IDLE_LIMIT = timedelta(minutes=30)
STAFF_SESSION_MAX_AGE = timedelta(hours=10)
STAFF_SECOND_FACTOR_LIFETIME = timedelta(minutes=10)
START_LINK_LIFETIME = timedelta(hours=24)
STAFF_ATTEMPT_WINDOW = timedelta(minutes=15)
MAX_STAFF_CODES_PER_ACCOUNT = 5
STAFF_COOKIE_NAME = "__Host-kanssa_staff" if BASE_URL.startswith("https://") else "kanssa_staff"

# Applicants' accounts
ACTIVATION_CODE_LIFETIME = timedelta(days=14)
ACTIVATION_CODE_ATTEMPTS = 5
ACCOUNT_LINK_LIFETIME = timedelta(hours=24)
ACCOUNT_LINK_COOL_DOWN = timedelta(minutes=1)
MAX_DAILY_ACCOUNT_LINKS = 5

# Guesses at passwords and codes (docs/decisions/0014)
GUESS_WINDOW = timedelta(minutes=15)
MAX_GUESSES_ON_KNOWN_DEVICE = 10
MAX_GUESSES_PER_ACCOUNT_AND_ADDRESS = 5
MAX_DAILY_GUESSES_PER_ACCOUNT_AND_ADDRESS = 20
MAX_CODES_PER_ACCOUNT_AND_ADDRESS = 10
MAX_DAILY_GUESSES_PER_ACCOUNT = 100
MAX_GUESSES_PER_ADDRESS = 30
FIRST_GUESSES_PER_ACCOUNT = 2
ABSOLUTE_MAX_GUESSES_PER_ADDRESS = 300
KNOWN_DEVICE_LIFETIME = timedelta(days=180)
KNOWN_DEVICE_COOKIE_NAME = "__Host-kanssa_known" if BASE_URL.startswith("https://") else "kanssa_known"

# Rate limits per network address, which many people may share, and per mailbox
ADDRESS_LIMIT_WINDOW = timedelta(hours=1)
_MANY = 100_000 if MODE == "rehearsal" else None
"""In a rehearsal everyone uses one machine."""
MAX_DRAFTS_PER_ADDRESS: int = env.int("KANSSA_DRAFTS_AN_HOUR", _MANY or 60, validate=Range(1))
"""Drafts that one network address may start in an hour. Raise it where very many people share one address."""
MAX_DRAFT_LINKS_PER_ADDRESS: int = env.int("KANSSA_DRAFT_LINKS_AN_HOUR", _MANY or 30, validate=Range(1))
"""Links to drafts that one network address may ask for in an hour."""
MAX_INVITATION_CODES_PER_ADDRESS: int = env.int(
    "KANSSA_INVITATION_CODES_AN_HOUR", _MANY or 30, validate=Range(1)
)
"""Codes of printed invitations that one network address may try in an hour."""
MAX_IDENTIFICATIONS_PER_ADDRESS: int = env.int(
    "KANSSA_IDENTIFICATIONS_AN_HOUR", _MANY or 120, validate=Range(1)
)
"""Identifications that one network address may start in an hour."""
MAX_ACCOUNT_LINKS_PER_ADDRESS: int = env.int("KANSSA_ACCOUNT_LINKS_AN_HOUR", _MANY or 30, validate=Range(1))
"""Links for usernames and passwords that one network address may ask for in an hour."""
MAX_SEARCHES_PER_CLERK: int = env.int("KANSSA_SEARCHES_AN_HOUR", 300, validate=Range(1))
"""Searches that one member of the staff may make in an hour."""
MAX_RECORDED_REFUSALS_PER_HOUR = 20
"""Per action and network address, for visitors who have not identified; the log has them all."""
MAX_DAILY_VISITOR_MESSAGES = 12
"""To one mailbox, from visitors who have not identified.

Higher than the limit of each kind, so that no kind can use up the messages that a new password needs.
"""

# Passwords
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_PASSWORD_VALIDATION = "django.contrib.auth.password_validation"  # noqa: S105 a module
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORD_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_PASSWORD_VALIDATION}.CommonPasswordValidator"},
    {"NAME": "kanssa.accounts.common_words.CommonWordValidator"},
    {"NAME": f"{_PASSWORD_VALIDATION}.NumericPasswordValidator"},
    {
        "NAME": f"{_PASSWORD_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]

# Django
ROOT_URLCONF = "kanssa.urls"
WSGI_APPLICATION = "kanssa.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "csp",
    "kanssa.evidence",
    "kanssa.messages",
    "kanssa.people",
    "kanssa.accounts",
    "kanssa.identification",
    "kanssa.office",
    "kanssa.applications",
    "kanssa.web",
    "kanssa.worker",
    "kanssa.ops",
]
MIDDLEWARE = [
    # First, so that health checks need neither a session nor a known Host.
    "kanssa.ops.health.HealthMiddleware",
    "kanssa.web.base.database_outage.AbsenceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kanssa.web.base.client_address.NetworkMiddleware",
    "kanssa.web.base.access.AccessMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kanssa.web.base.refusals.RefusalMiddleware",
    "kanssa.web.staff.base.serving.ServingMiddleware",
]
_database = env.dj_db_url("DATABASE_URL")
"""`postgresql://user:password@host:port/name`; PostgreSQL 15 or newer. The service's role, but for `migrate`
and `roles` the owner's ([database roles](operations.md#database-roles)). Settings in its query win."""
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "kanssa.database",
        # Keep connections open; health checks detect lost ones.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}

# Time limits for an unavailable database, in seconds (docs/operations.md)
_connect: int = env.int("KANSSA_DATABASE_CONNECT_SECONDS", 3, validate=Range(2))
"""Seconds that pages wait for a connection to the database."""
_by_role: bool = env.bool("KANSSA_DATABASE_TIMEOUTS_BY_ROLE", False)
"""Set where PgBouncer is in front: the database role has the time limits, and none are sent at the start of a
connection ([operations.md](operations.md#when-the-database-goes-away))."""
_prepared: bool = env.bool("KANSSA_DATABASE_PREPARED_STATEMENTS", True)
"""Prepare statements. `0` behind a PgBouncer older than 1.21, which does not know prepared statements."""
_statement: int = env.int("KANSSA_DATABASE_STATEMENT_SECONDS", 5, validate=Range(1))
"""Seconds that pages wait for one statement."""
_request: int = env.int("KANSSA_DATABASE_REQUEST_SECONDS", 7, validate=Range(1))
"""Seconds that all waits of one request for the database may take together."""
_lock: int = env.int("KANSSA_DATABASE_LOCK_SECONDS", 3, validate=Range(1))
"""Seconds that pages wait for a lock."""
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": _connect,
    # Detects a lost network within seconds; the default is minutes.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "timeouts_by_role": _by_role,
    "server_side_binding": _prepared,
    # Prepare a statement on its second run on a connection; without a number Django prepares none.
    "prepare_threshold": 1 if _prepared else None,
    **_database.get("OPTIONS", {}),
}
WEB_DATABASE_LIMITS = TimeLimits(
    statement=_statement, lock=_lock, idle=30, answer=_statement + 1, request=_request
)
WORKER_DATABASE_LIMITS = TimeLimits(statement=60, lock=30, idle=600, answer=65)
READINESS_SECONDS = 2
WORKER_SILENT_AFTER = timedelta(seconds=60)
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"

# Languages: the three of the service, Finnish first
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", "Suomi"), ("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "kanssa_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [ROOT / "web" / "templates", ROOT / "worker" / "templates"],
        "OPTIONS": {"environment": "kanssa.web.base.jinja.environment"},
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = env.path("KANSSA_STATIC_ROOT", ROOT.parent / "static")
"""The folder into which `collectstatic` puts the style sheet. The default is `static` beside the code."""
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Cookies, headers, sizes
_over_https = BASE_URL.startswith("https://")
ALLOWED_HOSTS: list[str] = env.list("KANSSA_ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname or ""])
"""Host names of the service, separated by commas. The default is that of `KANSSA_BASE_URL`."""
SESSION_ENGINE = "kanssa.web.base.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The prefix makes browsers refuse the cookie from other hosts and over http.
SESSION_COOKIE_NAME = "__Host-kanssa" if _over_https else "kanssa"
SESSION_COOKIE_SECURE = _over_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_LIFETIME = timedelta(hours=24)
CSRF_COOKIE_NAME = "__Host-kanssa_form" if _over_https else "kanssa_form"
CSRF_COOKIE_SECURE = _over_https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "kanssa.web.base.refusals.form_token_failure"
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SECURE_HSTS_SECONDS = 63_072_000 if _over_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _over_https
SECURE_REFERRER_POLICY = "same-origin"
# Only behind our own proxy, which sets the header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _over_https else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
MAX_BODY_BYTES = 2 * DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes as received; no form of ours takes a file
BODY_TIMEOUT = timedelta(seconds=env.float("KANSSA_BODY_SECONDS", 30, validate=Range(1, 600)))
"""Seconds that a client may take to send a form, counted from its headers."""
THREADS: int = env.int("KANSSA_THREADS", 8, validate=Range(2, 64))
"""Requests that one web process answers at once. Each thread keeps one connection to the database; brokers
may hold half of the threads."""
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'", *(["'unsafe-inline'"] if DEBUG else [])],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
"""No `form-action`: Chromium applies it to redirects, and a form leads to the broker."""

# Mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _EMAIL.hostname or "localhost"
EMAIL_PORT = _EMAIL.port or 25
EMAIL_HOST_USER = _EMAIL.username or ""
EMAIL_HOST_PASSWORD = _EMAIL.password or ""
EMAIL_USE_TLS = _EMAIL.scheme == "smtp+tls"
EMAIL_USE_SSL = _EMAIL.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("KANSSA_EMAIL_FROM", "Kanssa <kanssa@localhost>")
"""The sender of the e-mails."""
EMAIL_SMTPUTF8: bool = env.bool("KANSSA_EMAIL_SMTPUTF8", False)
"""Set where the mail server, and every server behind it, offers SMTPUTF8. Otherwise an address that is not
ASCII before the @ is refused while it is typed. `doctor mail` compares it with EHLO."""
BOUNCE_ADDRESS: str = env.str("KANSSA_BOUNCE_ADDRESS", "", validate=Regexp(r"^$|^[^@\s+]{1,27}@[^@\s]+$"))
"""The address to which mail comes back that does not arrive
([operations.md](operations.md#mail-that-comes-back)), such as `bounce@mail.example.fi`. Envelope senders
are `bounce+<message>@…`, and at most 64 characters fit before the @. Off when empty."""
BOUNCE_MAILDIR: Path | None = env.path("KANSSA_BOUNCE_MAILDIR", None)
"""A Maildir with the mail that came back, read once a minute."""

MAIL_RETRY_PERIOD = timedelta(days=5)
MAIL_BOUNCE_PERIOD = timedelta(days=6)
"""How long a sent message may still bounce: mail servers give up after five days."""
MAIL_REFUSALS_TO_PAUSE: int = env.int("KANSSA_MAIL_REFUSALS_TO_PAUSE", 2, validate=Range(1))
"""Refusals in a row that blame us, not the address, and then pause mail to a domain."""
MAIL_PAUSE: timedelta = env.timedelta("KANSSA_MAIL_PAUSE", timedelta(minutes=15))
"""The length of a pause."""
MAIL_PAUSES_TO_STOP: int = env.int("KANSSA_MAIL_PAUSES_TO_STOP", 3, validate=Range(1))
"""Domains that are paused within `KANSSA_MAIL_PAUSES_WITHIN` and then pause all mail."""
MAIL_PAUSES_WITHIN: timedelta = env.timedelta("KANSSA_MAIL_PAUSES_WITHIN", timedelta(minutes=10))
"""The time in which paused domains are counted."""
MAIL_OVERDUE_AFTER: timedelta = env.timedelta("KANSSA_MAIL_OLD_AFTER", timedelta(minutes=15))
"""The age of the oldest waiting message from which `doctor mail` calls it a fault."""

# Logs
LOGGING_CONFIG = "kanssa.ops.logs.configure"
_log_level: str = env.str("KANSSA_LOG_LEVEL", "INFO")
"""The least severe level of the log's lines."""
_log_sql: bool = env.bool("KANSSA_LOG_SQL", False)
"""Log each statement, for `make dev SQL=1`."""
LOGGING = {"level": _log_level, "sql": _log_sql}

SERVICE_NAME = _("Confirming a housing application")
