"""One file of settings, read from the environment; DESIGN names each variable."""

import os
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from audit.failpoints import fault_of
from config.database import database_settings
from config.production import production_fault
from dunning.channels.configuration import gateways_of

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where this runs ------------------------------------------------------------------------------------------------------

ENV = env.str("ENV", default="local")
if ENV not in {"local", "production"}:
    raise ImproperlyConfigured(f"ENV is 'local' or 'production', not '{ENV}'")
PRODUCTION = ENV == "production"
if PRODUCTION and (refusal := production_fault(os.environ)):
    raise ImproperlyConfigured(refusal)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=not PRODUCTION)
"""Demo sign-ins, the loopback gateways and their Messages page."""

VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").resolve()


def local_secret(name: str) -> str:
    """A secret made once and kept in VAR_DIR, so that a newcomer has to set nothing."""
    path = VAR_DIR / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged = path.with_suffix(f".{secrets.token_hex(4)}")
        staged.touch(mode=0o600)
        staged.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(staged)
        except FileExistsError:
            pass  # another process made it in the same moment: theirs counts
        finally:
            staged.unlink()
    return path.read_text().strip()


def secret(name: str) -> str:
    """A secret from the environment; one is made when it is not given, which production has refused already."""
    return env.str(name, default="") or local_secret(name.lower())


SECRET_KEY = secret("SECRET_KEY")
FIELD_KEYS = secret("FIELD_KEYS")
"""Keys for personal data at rest, newest first: `id:secret,id:secret`; a bare secret has the id `1`."""
INDEX_KEY = secret("INDEX_KEY")
"""Key of the digests by which personal data is found again."""

PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Time -----------------------------------------------------------------------------------------------------------------

TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True
CLOCK = env.str("CLOCK", default="")
"""The instant at which the clock starts; empty for the real time. All processes of one `up` share the start."""
CLOCK_STARTED_AT = env.float("CLOCK_STARTED_AT", default=0.0)
if CLOCK:
    try:
        clock_has_zone = datetime.fromisoformat(CLOCK).tzinfo is not None
    except ValueError:
        clock_has_zone = False
    if not clock_has_zone:
        raise ImproperlyConfigured("CLOCK is an instant with its offset, such as 2016-12-08T10:00+08:00")

# The house ------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "dunning",
    "restructuring",
    "cases",
    "contacts",
    "risk",
    "lending",
    "staff",
    "audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.RequestFactsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "staff.sessions.PersonMiddleware",
    "staff.sessions.SessionsMiddleware",
    "staff.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "staff.fragments.FragmentRedirectMiddleware",
    "staff.access.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.frame.frame",
            ],
        },
    },
]

# Database -------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": database_settings(env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR}/console.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["staff.backend.DoorBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "staff.session_store"
SESSION_IDLE = timedelta(minutes=15)
"""Without a sign of the person a session ends."""
SESSION_AGE = timedelta(hours=12)
"""A session ends that long after its sign-in, whatever happens."""
SESSION_COOKIE_AGE = int(SESSION_AGE.total_seconds())
SESSIONS_MAX = 100 if DEMO else 5
"""A person's sessions at one time: the next sign-in ends the oldest. The sign-ins of a demonstration are everybody's."""
FRESH_CODE = timedelta(minutes=10)
"""How long a code of the second factor counts as fresh for the acts that ask for one."""
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# Transport and headers ------------------------------------------------------------------------------------------------

HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if HTTPS else ("sessionid", "csrftoken")
)
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
"""Addresses or networks of our own proxies: only what they write into X-Forwarded-For says where a request comes from."""
for stated in TRUSTED_PROXIES:
    try:
        ip_network(stated, strict=False)
    except ValueError:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES are addresses or networks, not '{stated}'") from None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = PRODUCTION and HTTPS
"""A proxy on this machine says `X-Forwarded-Proto: https`, which gunicorn believes from there alone."""
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 262_144
UPLOAD_BYTES_MAX = 64 * 1024 * 1024
"""The largest loan or payment file that the import page takes."""
FILE_UPLOAD_HANDLERS = [
    "staff.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "manifest-src": ["'self'"],
    },
}

# Language -------------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [VAR_DIR / "locale"]
"""Compiled from locale/parts by `compile_translations`; nothing compiled is kept in the repository."""
USE_I18N = True

# Files ----------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_FINDERS", default=DEBUG)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Celery: a doorbell, never the truth ----------------------------------------------------------------------------------

BROKER_URL = env.str("BROKER_URL", default="")
CELERY_BROKER_URL = BROKER_URL or "redis://127.0.0.1:6379/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 50, 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""One try, at most a second: the pulse finds what the bell did not tell. (`retry=False` would wait for six seconds.)"""
CELERY_DB_REUSE_MAX = 500
CELERY_BEAT_SCHEDULE = {"pulse": {"task": "config.pulse", "schedule": 5.0, "options": {"expires": 10}}}

# The outside ----------------------------------------------------------------------------------------------------------

PROVIDER_URL = env.str("PROVIDER_URL", default="" if PRODUCTION else f"{PUBLIC_URL}/loopback/messages/")
PROVIDER_KIND = env.str("PROVIDER_KIND", default="idempotent")
if PROVIDER_KIND not in {"idempotent", "plain"}:
    raise ImproperlyConfigured("PROVIDER_KIND is 'idempotent' or 'plain'")
GATEWAYS = gateways_of(env.str("GATEWAYS", default=""), env.str("GATEWAY_SECRETS", default=""))
"""Gateways of single channels; the one at PROVIDER_URL takes what they leave (docs/gateways.md)."""
TELEPHONY_URL = env.str("TELEPHONY_URL", default="" if PRODUCTION else f"{PUBLIC_URL}/loopback/calls/")
PAYMENTS_URL = env.str("PAYMENTS_URL", default="" if PRODUCTION else f"{PUBLIC_URL}/loopback/payments/")
"""Where pay links and direct debits are ordered; without it neither is offered."""
PAYMENTS_PROVIDER = env.str("PAYMENTS_PROVIDER", default="loopback")
"""The name under which that provider signs, and is signed to, in WEBHOOK_SECRETS."""
PAYMENTS_KIND = env.str("PAYMENTS_KIND", default="idempotent")
if PAYMENTS_KIND not in {"idempotent", "plain"}:
    raise ImproperlyConfigured("PAYMENTS_KIND is 'idempotent' or 'plain'")
WEBHOOK_SECRETS = env.str("WEBHOOK_SECRETS", default="")
if DEMO:
    WEBHOOK_SECRETS = ",".join(filter(None, [WEBHOOK_SECRETS, f"loopback:own:{local_secret('loopback_key')}"]))
OUTSIDE_TIMEOUTS = (3.0, 10.0)
"""Seconds to connect and to read, for every call that leaves the console."""
FAILPOINT = env.str("FAILPOINT", default="")
if FAILPOINT and (fault := fault_of(FAILPOINT)):
    raise ImproperlyConfigured(fault)

# API ------------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "staff.api_session.CheckedSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["staff.access.HasAudience"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Collections console",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["staff.access.HasAudience"],
    "ENUM_NAME_OVERRIDES": {
        "ComplaintKindEnum": "cases.complaints.models.Complaint.Kind",
        "PauseKindEnum": "lending.models.Pause.Kind",
        "ChangeKindEnum": "lending.models.Change.Kind",
        "ChangeStateEnum": "lending.models.Change.State",
        "WaiverKindEnum": "lending.models.WaiverRequest.Kind",
        "CostKindEnum": "lending.models.Fee.Kind",
        "ReferralKindEnum": "cases.referrals.models.Referral.Kind",
        "ContactOutcomeEnum": "contacts.models.Contact.Outcome",
        "WaiverReasonEnum": "lending.models.WaiverRequest.Reason",
        "DelayReasonEnum": "cases.models.DelayReason.Code",
        "NoticeMeansEnum": "lending.models.AssignmentNotice.Means",
        "VerdictEnum": ["approve", "reject"],
        "PlanVerdictEnum": "restructuring.models.Decision.Verdict",
        "PlanStateEnum": "restructuring.models.PlanRequest.State",
        "PlanInstrumentEnum": "restructuring.models.PlanRequest.Instrument",
    },
}

# Logs -----------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"httpx": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}
