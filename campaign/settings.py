"""Settings, read from the environment. A bad or missing value stops start-up and names itself.

`.env.example` lists every variable. In development (`COUNTERSIGN_ENV=development`) secrets have throw-away values;
everywhere else each must be given.
"""

import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

ENVIRONMENT = env.str("COUNTERSIGN_ENV", "production")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured("COUNTERSIGN_ENV must be development, test or production")
IS_PRODUCTION = ENVIRONMENT == "production"


def required(name: str, default: str) -> str:
    """The variable `name`; `default` holds outside production only."""
    value = env.str(name, "" if IS_PRODUCTION else default)
    if not value:
        raise ImproperlyConfigured(f"{name} is missing")
    return value


def required_secret(name: str) -> str:
    """The secret `name`; outside production a random one, so that no default can ever be guessed."""
    if not IS_PRODUCTION:
        return env.str(name, secrets.token_urlsafe(48))
    value = required(name, "")
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} is shorter than 32 characters")
    return value


def secret_file(name: str) -> str:
    """What is in the file that the variable `name` leads to; "" when it is not set."""
    path = env.str(name, "")
    if not path:
        return ""
    try:
        secret = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error
    if not secret.strip():
        raise ImproperlyConfigured(f"{name} cannot be read: {path} is empty")
    return secret


# --- secrets
SECRET_KEY = required_secret("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# First key seals, all open: put a new one in front to rotate. Used by outbox.addresses.
ADDRESS_KEYS = env.list("ADDRESS_KEYS", []) or [required_secret("ADDRESS_KEY")]
# Keyed digests of addresses and codes; changing it would forget who has signed, so it does not rotate.
DIGEST_KEY = required_secret("DIGEST_KEY")
# Signs checkpoints and receipts. Changing it rotates: the public halves of earlier ones stay published.
LOG_KEY = required_secret("LOG_KEY")

# --- the site
DEBUG = False
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "campaign",
    "mandates",
    "petitions",
    "cases",
    "accounts",
    "outbox",
    "text",
    "pgtrigger",
    "pghistory",
    "django_countries",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "campaign.encoding.read_as_utf8",
    "campaign.anonymous.ask_nobody_who",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaign.context.site",
            ],
            "builtins": ["text.templatetags.text"],
        },
    }
]
FORM_RENDERER = "campaign.rendering.PageFormRenderer"

# --- data
required("DATABASE_URL", "postgresql://countersign@127.0.0.1:5432/countersign")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgresql://countersign@127.0.0.1:5432/countersign")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database")
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "application_name": "countersign"}
# The pool is for the web only: Celery's processes fork, and a pool must not be shared across a fork.
if env.bool("DATABASE_POOL", False):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    # A connection that died with the database is replaced before a page gets it.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "campaign.caching.StayingCache", "LOCATION": REDIS_URL}}

# --- Celery: the doorbell. Work to do is a row; beat sweeps what the broker lost.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# However long Redis is away (None: for ever), and whatever it answers while it comes back (LOADING, READONLY).
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A bell may be lost, so none is acknowledged. With bells to give back, kombu 5.7.0 ends the worker now and then
    # when Redis dies ("'NoneType' object has no attribute 'hostname'"); docs/decisions/0007 has the figures.
    "ack_emulation": False,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- mail: everything goes through outbox
EMAIL_BACKEND = "outbox.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Countersign <post@countersign.example>")
SMTP_HOST = env.str("SMTP_HOST", "127.0.0.1")
SMTP_PORT = env.int("SMTP_PORT", 2525)
SMTP_USER = env.str("SMTP_USER", "")
SMTP_PASSWORD = env.str("SMTP_PASSWORD", "")
SMTP_STARTTLS = env.bool("SMTP_STARTTLS", IS_PRODUCTION)
# How long the outbox waits, in seconds, where it is not the default of `outbox.patience`: `lease=900,after_dot=600`.
OUTBOX_PATIENCE: dict[str, float] = env.dict("OUTBOX_PATIENCE", {}, subcast_values=float)
# The seconds of a minute of waiting after a refusal; the chaos harness squeezes it.
OUTBOX_MINUTE = env.float("OUTBOX_MINUTE", 60.0)
# How often beat rings, in seconds: for what is due, and for what a dead worker left behind.
OUTBOX_POLL_SECONDS = env.float("OUTBOX_POLL_SECONDS", 5.0)
OUTBOX_SWEEP_SECONDS = env.float("OUTBOX_SWEEP_SECONDS", 30.0)
# How many processes may send codes and updates at a time; with one fewer than there are, letters always find one.
OUTBOX_POST_DRAINS = env.int("OUTBOX_POST_DRAINS", 1)
# A message that this many workers in a row took and never reported back on has failed: it may be what kills them.
OUTBOX_MOST_CRASHES = env.int("OUTBOX_MOST_CRASHES", 3)
# News to signatories and followers: mails to one mailbox in seven days, over everything; refusals for good after which
# a mailbox counts as unreachable; invitations to a next statement that may go out in an hour.
UPDATES_PER_WEEK = env.int("UPDATES_PER_WEEK", 2)
UPDATES_FAILURES = env.int("UPDATES_FAILURES", 2)
INVITATIONS_AN_HOUR = env.int("INVITATIONS_AN_HOUR", 2000)
# What may tell the fate of a letter when no answer came: the mail server's log, an archive mailbox (imaps://...), and
# how long "it was dropped" is not believed: longer than the server waits for the rest of a body, plus the lease.
EVIDENCE_LOG = env.str("EVIDENCE_LOG", "")
EVIDENCE_ARCHIVE = env.str("EVIDENCE_ARCHIVE", "")
EVIDENCE_GRACE = env.float("EVIDENCE_GRACE", 1200.0)
EVIDENCE_SECONDS = env.float("EVIDENCE_SECONDS", 60.0)
# A folder in which the development machine's own mail server keeps what it received. Empty: there is none.
MAILBOX_DIR = env.str("MAILBOX_DIR", "")
# DKIM: a PEM file with an RSA key signs every e-mail for this domain, which must be that of DEFAULT_FROM_EMAIL.
DKIM_KEY = secret_file("DKIM_KEY_FILE")
DKIM_SELECTOR = env.str("DKIM_SELECTOR", "countersign")
DKIM_DOMAIN = env.str("DKIM_DOMAIN", "") or DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
# OpenPGP: an armored secret key signs letters to mandates; without it they leave unsigned.
OPENPGP_KEY = secret_file("OPENPGP_KEY_FILE")
OPENPGP_PASSPHRASE = env.str("OPENPGP_PASSPHRASE", "")
# How letters to mandates leave: dry-run (recorded, never sent), redirect (all to one address) or live.
MANDATES_MODE = env.str("MANDATES_MODE", "dry-run")
MANDATES_REDIRECT_TO = env.str("MANDATES_REDIRECT_TO", "")
if MANDATES_MODE not in {"dry-run", "redirect", "live"}:
    raise ImproperlyConfigured("MANDATES_MODE must be dry-run, redirect or live")
if MANDATES_MODE == "redirect" and not MANDATES_REDIRECT_TO:
    raise ImproperlyConfigured("MANDATES_REDIRECT_TO is missing")
# At most so many letters leave: the rest waits for its turn. 0 stops all letters.
MANDATES_CAP_PER_MANDATE_WEEK = env.int("MANDATES_CAP_PER_MANDATE_WEEK", 5)
MANDATES_CAP_PER_RECIPIENT_DAY = env.int("MANDATES_CAP_PER_RECIPIENT_DAY", 3)
MANDATES_CAP_PER_HOUR = env.int("MANDATES_CAP_PER_HOUR", 20)
MANDATES_CAP_PER_DAY = env.int("MANDATES_CAP_PER_DAY", 100)
# The domain whose mailbox takes the answers to letters, each at a secret address. Empty: they come to our own.
REPLY_DOMAIN = env.str("REPLY_DOMAIN", "" if IS_PRODUCTION else "replies.countersign.example").strip().lower()
# The answers' mailbox, imaps://user:password@host/INBOX; kept mail goes to REPLY_MAILBOX_DONE, or is marked as read.
REPLY_MAILBOX = env.str("REPLY_MAILBOX", "")
REPLY_MAILBOX_DONE = env.str("REPLY_MAILBOX_DONE", "")
# Days after which mail that a person settled is destroyed: put aside as not ours; classed on a letter whose case was
# taken off. docs/answers.md; the database refuses less.
MAIL_DAYS_SET_ASIDE = env.int("MAIL_DAYS_SET_ASIDE", 90)
MAIL_DAYS_FILED = env.int("MAIL_DAYS_FILED", 730)
if MAIL_DAYS_SET_ASIDE < 30 or MAIL_DAYS_FILED < 730:
    raise ImproperlyConfigured("MAIL_DAYS_SET_ASIDE must be at least 30 and MAIL_DAYS_FILED at least 730")
# Days until a name that is not shown is put away; until the rest of a signatory goes: withdrawn; refused or taken out;
# what is not public, and a sealed name, after the statement closed or was handed over. docs/signatures.md.
RETENTION_DAYS_CLEAR_NAME = env.int("RETENTION_DAYS_CLEAR_NAME", 7)
RETENTION_DAYS_WITHDRAWN = env.int("RETENTION_DAYS_WITHDRAWN", 30)
RETENTION_DAYS_REFUSED = env.int("RETENTION_DAYS_REFUSED", 30)
RETENTION_DAYS_CLOSED = env.int("RETENTION_DAYS_CLOSED", 183)
RETENTION_DAYS_SEALED_NAME = env.int("RETENTION_DAYS_SEALED_NAME", 90)
if min(days for name, days in list(globals().items()) if name.startswith("RETENTION_DAYS_")) < 1:
    raise ImproperlyConfigured("each RETENTION_DAYS_... must be at least 1")
# The name under which our own mail server signs its Authentication-Results. Empty: no such header is believed.
AUTHSERV_ID = env.str("AUTHSERV_ID", "")
# Which DNS has the keys of DKIM signatures: "system", an address and port, or none.
DKIM_DNS = env.str("DKIM_DNS", "system" if IS_PRODUCTION else "")

# --- the moderators' desk (docs/moderation.md)
# How many signatures a moderator takes at a time, and for how many minutes they are kept.
HAND_SIZE = env.int("HAND_SIZE", 10)
HAND_MINUTES = env.int("HAND_MINUTES", 20)
# Which part of the decisions a second moderator judges without knowing the first: 0.05 is one of twenty.
SECOND_LOOK_SHARE = env.float("SECOND_LOOK_SHARE", 0.05)
if not 0 <= SECOND_LOOK_SHARE <= 1:
    raise ImproperlyConfigured("SECOND_LOOK_SHARE must be from 0 to 1")
# Moderators are told once a day when so many wait, or one waits for so many days.
QUEUE_ALARM_WAITING, QUEUE_ALARM_DAYS = env.int("QUEUE_ALARM_WAITING", 100), env.int("QUEUE_ALARM_DAYS", 3)

# --- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:profile"
LOGOUT_REDIRECT_URL = "campaign:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_UNIQUE_EMAIL = True
# Several addresses: one to sign in with, one at the institution that shows where somebody belongs.
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.entrance.LoginForm",
    "signup": "accounts.forms.entrance.SignupForm",
    "add_email": "accounts.forms.entrance.AddEmailForm",
    "change_password": "accounts.forms.entrance.ChangePasswordForm",
    "set_password": "accounts.forms.entrance.SetPasswordForm",
    "reset_password": "accounts.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.entrance.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.entrance.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.forms.entrance.ConfirmEmailVerificationCodeForm",
}
FRESH_PROOF_MINUTES = env.int("FRESH_PROOF_MINUTES", 15)  # accounts/proof.py
ACCOUNT_RATE_LIMITS = {"signup": "60/m/ip", "login": "60/m/ip"}
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
# ORCID: an expert proves an iD, nobody signs in by it (docs/verification.md). Without both keys there is no button.
ORCID_CLIENT_ID = env.str("ORCID_CLIENT_ID", "")
ORCID_CLIENT_SECRET = env.str("ORCID_CLIENT_SECRET", "")
ORCID_URL = env.str("ORCID_URL", "https://orcid.org").rstrip("/")
if bool(ORCID_CLIENT_ID) != bool(ORCID_CLIENT_SECRET):
    raise ImproperlyConfigured("ORCID_CLIENT_ID and ORCID_CLIENT_SECRET go together")
if IS_PRODUCTION and not ORCID_URL.startswith("https://"):
    raise ImproperlyConfigured("ORCID_URL must begin with https://")
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Countersign"
MFA_FORMS = {
    "authenticate": "accounts.forms.entrance.AuthenticateForm",
    "reauthenticate": "accounts.forms.entrance.MfaReauthenticateForm",
    "activate_totp": "accounts.forms.entrance.ActivateTOTPForm",
}

# --- languages: English and Persian are complete
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fa", _("Persian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- headers: nothing from elsewhere, nothing inline
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
# `no-referrer` would make the form POST carry `Origin: null`, which the CSRF check must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
USES_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USES_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = USES_HTTPS and IS_PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if USES_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USES_HTTPS
SECURE_HSTS_PRELOAD = USES_HTTPS
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CSRF_TRUSTED_ORIGINS = [SITE_URL] if USES_HTTPS else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "campaign.views.errors.csrf_failure"

# --- the public count moves in steps at least so many seconds apart, so that nobody who watches it sees who signs when
COUNT_PAUSE_SECONDS = env.float("COUNT_PAUSE_SECONDS", 60.0 if IS_PRODUCTION else 0.0)

# --- the demonstration: invented signatories, addresses at example domains; never outside development
HAS_DEMONSTRATION = env.bool("HAS_DEMONSTRATION", not IS_PRODUCTION)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "campaign.logs.LineWithoutSecrets", "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
