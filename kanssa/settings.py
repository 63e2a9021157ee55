"""Every setting of the service, typed; differences between installations come from the environment.

No secret has a default: a missing one stops the start with its name. docs/operations.md lists the
variables. `KANSSA_MODE` is `production` unless it says `rehearsal` or `test`.
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
DEBUG: bool = env.bool("KANSSA_DEBUG", False)
"""For `make dev` only: debug pages; templates and styles are read again at each request."""

# Secrets and addresses
SECRET_KEY: str = env.str("KANSSA_SECRET_KEY")
VAULT_KEYS: list[str] = env.list("KANSSA_VAULT_KEYS")
"""`<key id>:<32 bytes, base64url>`; the first seals, all of them open."""
LOOKUP_KEY: str = env.str("KANSSA_LOOKUP_KEY")
BASE_URL: str = env.str("KANSSA_BASE_URL")
_EMAIL = urlsplit(env.str("KANSSA_EMAIL_URL"))
IDENTIFICATION_FILE: Path = env.path("KANSSA_IDENTIFICATION_FILE")
IDENTIFICATION_METHODS = {
    "oidc": "kanssa.identification.methods.oidc.load",
    "saml": "kanssa.identification.methods.saml.load",
}
SIGN_ONS = {"oidc": "kanssa.identification.methods.oidc.load_sign_on"}
TRUSTED_PROXY_COUNT: int = env.int(
    "KANSSA_PROXIES", 1 if BASE_URL.startswith("https://") else 0, validate=Range(0, 9)
)
"""The number of our proxies in front, to find the browser's address behind them."""
CLOCK_FUNCTION: str = env.str("KANSSA_CLOCK", "django.utils.timezone.now")
"""The function that tells the time (`kanssa/clock.py`); production allows only the real time."""
REHEARSAL_MAILBOX_URL: str | None = env.str("REHEARSAL_MAILBOX_URL", None)

# Rules with numbers (DOMAIN: "the number is a setting with the value given here")
DAYS_TO_CONFIRM = 30
VALID_DAYS = 90
VALID_MONTHS = 3
CONFIRMATION_MONTHS = 12
REMINDER_DAYS = (3, 14, 25)
EXPIRY_WARNING_DAYS = (14, 3)
COMING_OF_AGE_DAYS = 30
COPY_DAYS = 30
ACCEPT_DRIVING_LICENCE = False
MAX_CO_APPLICANTS = 4
MAX_RESIDENTS = 20
MAX_DAILY_INVITATIONS = 5
MAX_DAILY_RECEIPT_MESSAGES = 5
MAX_DAILY_DRAFT_LINKS = 5
DRAFT_DAYS = 30
MAX_DRAFT_BYTES: int = env.int("KANSSA_LARGEST_DRAFT", 200_000, validate=Range(10_000))
"""Bytes of the JSON of a draft, or of an adult's own details."""
INVITATION_COOL_DOWN = timedelta(minutes=10)
MESSAGE_COOL_DOWN = timedelta(minutes=10)
"""Between two messages of one topic to an adult of an application, at one mailbox."""
MAX_DAILY_MESSAGES_PER_TOPIC = 5
"""To one mailbox about one application."""
MAX_DAILY_FIRST_MESSAGES = 30
MAX_DAILY_REPEATED_MESSAGES = 20
"""To one mailbox about all applications together; messages beyond it leave later by themselves."""
MAX_DAILY_ADDRESS_RETRIES = 5
CHANGE_MESSAGE_COOL_DOWN = timedelta(hours=1)
ATTEMPT_LIFETIME = timedelta(minutes=30)
SESSION_IDLE_LIMIT = timedelta(minutes=30)
SESSION_MAX_AGE = timedelta(hours=2)
ALLOW_TEST_HETU: bool = env.bool("KANSSA_TEST_HETU", False)

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
_REHEARSAL_MAX_PER_ADDRESS = 100_000 if MODE == "rehearsal" else None
"""In a rehearsal everyone uses one machine."""
ADDRESS_LIMIT_WINDOW = timedelta(hours=1)
MAX_DRAFTS_PER_ADDRESS: int = env.int(
    "KANSSA_DRAFTS_AN_HOUR", _REHEARSAL_MAX_PER_ADDRESS or 60, validate=Range(1)
)
MAX_DRAFT_LINKS_PER_ADDRESS: int = env.int(
    "KANSSA_DRAFT_LINKS_AN_HOUR", _REHEARSAL_MAX_PER_ADDRESS or 30, validate=Range(1)
)
MAX_IDENTIFICATIONS_PER_ADDRESS: int = env.int(
    "KANSSA_IDENTIFICATIONS_AN_HOUR", _REHEARSAL_MAX_PER_ADDRESS or 120, validate=Range(1)
)
MAX_ACCOUNT_LINKS_PER_ADDRESS: int = env.int(
    "KANSSA_ACCOUNT_LINKS_AN_HOUR", _REHEARSAL_MAX_PER_ADDRESS or 30, validate=Range(1)
)
MAX_SEARCHES_PER_CLERK: int = env.int("KANSSA_SEARCHES_AN_HOUR", 300, validate=Range(1))
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
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": env.int("KANSSA_DATABASE_CONNECT_SECONDS", 3, validate=Range(2)),
    # Detects a lost network within seconds; the default is minutes.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "timeouts_by_role": env.bool("KANSSA_DATABASE_TIMEOUTS_BY_ROLE", False),
    # psycopg prepares a statement once it has run five times on a connection; PgBouncer before 1.21 cannot.
    "server_side_binding": env.bool("KANSSA_DATABASE_PREPARED_STATEMENTS", True),
    **_database.get("OPTIONS", {}),
}
_statement: int = env.int("KANSSA_DATABASE_STATEMENT_SECONDS", 5, validate=Range(1))
_request: int = env.int("KANSSA_DATABASE_REQUEST_SECONDS", 7, validate=Range(1))
_lock: int = env.int("KANSSA_DATABASE_LOCK_SECONDS", 3, validate=Range(1))
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
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Cookies, headers, sizes
_over_https = BASE_URL.startswith("https://")
ALLOWED_HOSTS: list[str] = env.list("KANSSA_ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname or ""])
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
"""How long a client may take to send a body, counted from its headers."""
THREADS: int = env.int("KANSSA_THREADS", 8, validate=Range(2, 64))
"""Requests that one web process answers at once; each thread keeps a connection to the database."""
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
EMAIL_SMTPUTF8: bool = env.bool("KANSSA_EMAIL_SMTPUTF8", False)
"""Whether the mail server offers SMTPUTF8; otherwise the part before the @ must be ASCII."""
BOUNCE_ADDRESS: str = env.str("KANSSA_BOUNCE_ADDRESS", "", validate=Regexp(r"^$|^[^@\s+]{1,27}@[^@\s]+$"))
"""Envelope senders are `<local part>+<message>@<domain>`; at most 64 characters fit before the @."""
BOUNCE_MAILDIR: Path | None = env.path("KANSSA_BOUNCE_MAILDIR", None)

MAIL_RETRY_PERIOD = timedelta(days=5)
MAIL_BOUNCE_PERIOD = timedelta(days=6)
"""How long a sent message may still bounce: mail servers give up after five days."""
MAIL_REFUSALS_TO_PAUSE: int = env.int("KANSSA_MAIL_REFUSALS_TO_PAUSE", 2, validate=Range(1))
MAIL_PAUSE: timedelta = env.timedelta("KANSSA_MAIL_PAUSE", timedelta(minutes=15))
MAIL_PAUSES_TO_STOP: int = env.int("KANSSA_MAIL_PAUSES_TO_STOP", 3, validate=Range(1))
MAIL_PAUSES_WITHIN: timedelta = env.timedelta("KANSSA_MAIL_PAUSES_WITHIN", timedelta(minutes=10))
MAIL_OVERDUE_AFTER: timedelta = env.timedelta("KANSSA_MAIL_OLD_AFTER", timedelta(minutes=15))
"""The age of the oldest waiting message from which `doctor mail` calls it a fault."""

# Logs
LOGGING_CONFIG = "kanssa.ops.logs.configure"
LOGGING = {"level": env.str("KANSSA_LOG_LEVEL", "INFO"), "sql": env.bool("KANSSA_LOG_SQL", False)}

SERVICE_NAME = _("Confirming a housing application")
