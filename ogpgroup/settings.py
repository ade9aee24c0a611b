"""Settings, top to bottom. Only what differs by deployment comes from the environment (docs/operations.md)."""

import zoneinfo
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from ogpgroup import environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.optional("DATA_DIR", str(BASE_DIR / "var")))

# Rules of time zones come from the package `tzdata`, pinned with the release: else those of the machine would go first.
zoneinfo.reset_tzpath(to=())

# --- What every deployment must say ---------------------------------------------------------------------------------

SECRET_KEY = environment.required("SECRET_KEY", "50 or more random characters; signs links and sessions")
PUBLIC_URL = environment.required("PUBLIC_URL", "the address people type, such as https://grupo.example.org").rstrip(
    "/"
)
HTTPS = PUBLIC_URL.startswith("https://")
GROUP_NAME = "Ciudades abiertas"  # as calendars, documents and other programs show it, in Spanish whoever reads
DEBUG = environment.flag("DEBUG")
ADMIN_ENABLED = environment.flag("ADMIN")
# Names of points at which a test may kill a worker; empty outside the tests.
KILL_POINTS = environment.flag("KILL_POINTS")

ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "localhost"]
if ALLOWED_HOSTS == ["localhost"]:
    ALLOWED_HOSTS.append("127.0.0.1")

# --- Applications ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "ogpgroup",
    "cities",
    "actionplans",
    "workshops",
    "feedback",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "workshops.middleware.WallMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cities.sessions.SessionLimitMiddleware",
    "ogpgroup.middleware.ReaderMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cities.access.RolesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ogpgroup.middleware.NotPossibleMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "ogpgroup.urls"
WSGI_APPLICATION = "ogpgroup.wsgi.application"
AUTH_USER_MODEL = "ogpgroup.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ogpgroup.context.reader",
            ],
        },
    }
]

FORM_RENDERER = "ogpgroup.renderer.FormRenderer"

# --- Database, cache, broker ----------------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(environment.required("DATABASE_URL", "postgresql://user:password@host:5432/name"))
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}

REDIS_URL = environment.required("REDIS_URL", "redis://host:6379/0, the broker that wakes the workers")
CACHES = {
    "default": {
        "BACKEND": "ogpgroup.cache.TolerantRedisCache",
        "LOCATION": environment.optional("CACHE_URL", REDIS_URL),
        "TIMEOUT": 300,
        "KEY_PREFIX": "ogpgroup",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- Background work: Redis carries wake-up calls alone, the database holds what is to be done ------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "ogpgroup"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False  # a wake-up call that fails is not worth a page's time; beat calls again
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # wait for Redis for as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120, "socket_connect_timeout": 1, "socket_timeout": 2}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {  # each call is worthless once the next is due
    "plan": {"task": "ogpgroup.tasks.plan", "schedule": 60, "options": {"expires": 60}},
    "deliver": {"task": "ogpgroup.tasks.deliver", "schedule": 15, "options": {"expires": 15}},
}

# --- Mail: queued in the database, sent by ogpgroup.mail; Django's own mail API is not used ---------------------------

MAIL_URL = environment.optional("MAIL_URL")  # smtp://user:password@host:587?tls=starttls; without it mail goes to files
MAIL_FROM = environment.optional("MAIL_FROM", f"Grupo de Ciudades Abiertas <aviso@{ALLOWED_HOSTS[0]}>")
# What a release changes is told so much later, so that a correction made meanwhile goes with it in one mail.
SETTLE = timedelta(minutes=environment.integer("SETTLE_MINUTES", 10))
REPLY_ADDRESS = environment.optional("REPLY_ADDRESS", f"respuestas@{ALLOWED_HOSTS[0]}")
# In which the entries of calendars are named. It stays when PUBLIC_URL moves: else they show each session twice.
CALENDAR_DOMAIN = environment.optional("CALENDAR_DOMAIN", ALLOWED_HOSTS[0]).casefold()
# imaps://user:password@host:993/INBOX, where mail to REPLY_ADDRESS arrives; it is read each minute.
REPLY_MAILBOX_URL = environment.optional("REPLY_MAILBOX_URL")
if REPLY_MAILBOX_URL:
    CELERY_BEAT_SCHEDULE["read_replies"] = {
        "task": "ogpgroup.tasks.read_replies",
        "schedule": 60,
        "options": {"expires": 60},
    }
MAIL_FOLDER = DATA_DIR / "mail"
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}

# --- Languages and times --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "America/Mexico_City"
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ogpgroup.static.StaticStorage"},
}

# --- Sign-in --------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "cities.passwords.GuessableValidator"},
]
ACCOUNT_ADAPTER = "cities.adapter.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "cities.forms.RequestLoginCodeForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # by link, who has a second factor could not change address
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session goes on; Django ends the others
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "cities.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_KEY = environment.optional("MFA_KEY")  # a Fernet key; without it one is derived from SECRET_KEY
MFA_TOTP_ISSUER = GROUP_NAME
USERSESSIONS_TRACK_ACTIVITY = False  # it would write on every request; `cities.sessions` notes visits now and then
PASSWORD_RESET_TIMEOUT = 24 * 3600

# The address is unique whatever its case, by a constraint on lower(email) that the first check does not see.
# Django's own mail API sends nothing here by intent, which the second takes for a mistake: ogpgroup.mail is the door.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "mail.E001"]

# --- Security -------------------------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 8 * 3600  # idle; `cities.sessions` keeps the absolute limit of seven days
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.NONE],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
CLAMD = environment.optional("CLAMD")  # tcp://host:3310 or unix:///run/clamav/clamd.ctl; without it nothing is scanned
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = [
    "ogpgroup.uploads.handlers.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Logs -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Lines hold no link with which a reader of the log could act as somebody.
    "formatters": {
        "line": {
            "()": "ogpgroup.masks.Masked",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
