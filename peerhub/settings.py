"""Every setting of PeerHub, driven by the environment (docs/operations.md lists the variables).

`PEERHUB_ENV` is `production` unless said otherwise; production refuses to start with an insecure setting.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from peerhub import env, logs
from peerhub.schedule import SCHEDULE

django_stubs_ext.monkeypatch()  # generic classes of Django may be subscripted: `ModelAdmin[Delivery]`

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("PEERHUB_VAR", str(BASE_DIR / "var")))

MODE = env.choice("PEERHUB_ENV", ("production", "demo", "test"), "production")
PRODUCTION = MODE == "production"
DEBUG = env.boolean("DEBUG", False)

_DEMO_KEY = "only-for-the-demo-and-the-tests-" * 2
SECRET_KEY = env.text("SECRET_KEY", None if PRODUCTION else _DEMO_KEY)
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS")

# The one origin that people see; sockets come from LIVE_URL where no proxy gathers both under one origin.
PUBLIC_URL = env.text("PUBLIC_URL", None if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
LIVE_URL = env.text("LIVE_URL", "")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", _public.hostname or "")
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
LIVE_ALLOWED_ORIGINS = [PUBLIC_URL, *env.listing("LIVE_ALLOWED_ORIGINS")]
_secure = _public.scheme == "https"

INSTALLED_APPS = [
    "peerhub.portal",
    "mentoring",
    "sessions",
    "forums",
    "peerhub.moderation",
    "peerhub.notifications",
    "peerhub.files",
    "peerhub.people",
    "peerhub.outbox",
    "peerhub.live",
    "peerhub.text",
    "peerhub.ui",
    "peerhub.demo",
    "allauth",
    "allauth.account",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
]
if not PRODUCTION:
    INSTALLED_APPS.append("peerhub.mailbox")

MIDDLEWARE = [
    "peerhub.portal.middleware.RequestLogMiddleware",
    "peerhub.portal.middleware.HeadersMiddleware",
    "peerhub.portal.middleware.NoNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "peerhub.portal.visitors.VisitorPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "peerhub.people.middleware.LocaleAndZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "peerhub.urls"
WSGI_APPLICATION = "peerhub.wsgi.application"
ASGI_APPLICATION = "peerhub.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
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
                "peerhub.portal.context.live",
            ],
        },
    }
]
FORM_RENDERER = "peerhub.ui.forms.FormRenderer"

# --- Data -------------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": env.database(env.text("DATABASE_URL"), env.text("DATABASE_PASSWORD", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")
CACHES = {"default": {"BACKEND": "peerhub.caching.KeptRedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Background work --------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A request that queues a task while Redis is away must fail at once; workers and beat wait for it by themselves.
    "max_retries": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE
WRITES_PER_MINUTE = env.integer("WRITES_PER_MINUTE", 10)  # topics and replies of one person
OUTBOX_MAX_ATTEMPTS = env.integer("OUTBOX_MAX_ATTEMPTS", 8)
OUTBOX_LEASE_SECONDS = env.integer("OUTBOX_LEASE_SECONDS", 60)
OUTBOX_KEEP_DAYS = env.integer("OUTBOX_KEEP_DAYS", 7)

# --- People -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["peerhub.people.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "peerhub.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "peerhub.people.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Sign-in is limited by address: the browser's, as told by the outermost of so many proxies of ours.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("BEHIND_PROXY", 0)
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
# The official list of territories: files of the npm package, copied into the image in production.
_official = BASE_DIR / "node_modules" / "@etalab" / "decoupage-administratif" / "data"
TERRITORIES_DIR = Path(env.text("TERRITORIES_DIR", str(_official)))

# How old a public page may be for a visitor; what is written in the demo and in tests is seen at once.
VISITOR_PAGE_SECONDS = 5 if PRODUCTION else 0

# Who makes rooms for video (docs/operations.md); none of them: links that people give.
VIDEO_JITSI_URL = env.text("VIDEO_JITSI_URL", "")
VIDEO_JITSI_APP_ID, VIDEO_JITSI_SECRET = env.text("VIDEO_JITSI_APP_ID", "peerhub"), env.text("VIDEO_JITSI_SECRET", "")
VIDEO_BBB_URL, VIDEO_BBB_SECRET = env.text("VIDEO_BBB_URL", ""), env.text("VIDEO_BBB_SECRET", "")

# --- Logs -------------------------------------------------------------------------------------------------------
LOGGING = logs.configuration(env.text("LOG_LEVEL", "INFO"), as_json=env.boolean("LOG_JSON", PRODUCTION))

# --- Languages and time -----------------------------------------------------------------------------------------
# The source language of every sentence is French; English is a catalogue (docs/adr/0003).
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
USE_I18N = True
TIME_ZONE = "UTC"
DEFAULT_TIME_ZONE = env.text("DEFAULT_TIME_ZONE", "Europe/Paris")
USE_TZ = True

# --- Mail -------------------------------------------------------------------------------------------------------
MAILBOX_DIR = VAR_DIR / "mails"
_email_url = env.text("EMAIL_URL", "")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if _email_url:
    globals().update(env.email(_email_url))
elif not PRODUCTION:
    EMAIL_BACKEND = "peerhub.mailbox.backend.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "") or f"PeerHub <bonjour@{_public.hostname}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Static files: no CDN, no third party -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [VAR_DIR / "assets"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": env.files(env.text("FILES_URL", ""), VAR_DIR / "files"),  # what people send; never under static
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
if PRODUCTION:
    SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # an image holds what was collected, not what it was collected from

# --- Security ---------------------------------------------------------------------------------------------------
_live = urlsplit(LIVE_URL or PUBLIC_URL)
_socket_scheme = "wss" if _live.scheme in {"https", "wss"} else "ws"
# The demo is reached by either name of this machine; the sockets then go by the same (peerhub/portal/context.py).
_names = ("127.0.0.1", "localhost") if not PRODUCTION and _live.hostname in {"127.0.0.1", "localhost"} else ()
_socket_origins = {
    f"{_socket_scheme}://{_live.netloc}",
    *(f"{_socket_scheme}://{name}:{_live.port}" for name in _names),
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *sorted(_socket_origins)],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
# What no page of ours uses is closed to them and to whatever might be injected into them.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "gamepad",
        "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
        "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 60 * 60 * 24 * 365) if _secure else 0
SECURE_SSL_REDIRECT = _secure and env.boolean("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_REFERRER_POLICY = "same-origin"
# "__Host-": the browser itself holds these cookies to this host, to every path and to TLS.
_host = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_host}peerhub_session"
CSRF_COOKIE_NAME = f"{_host}peerhub_csrf"
LANGUAGE_COOKIE_NAME = f"{_host}peerhub_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# What is longer than any text of ours is refused (413), and so is a file wherever none is asked for.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["peerhub.files.uploads.UploadHandler"]
FILE_IMAGE_MEGABYTES = env.integer("FILE_IMAGE_MEGABYTES", 10)
FILE_DOCUMENT_MEGABYTES = env.integer("FILE_DOCUMENT_MEGABYTES", 25)
FILE_DAY_MEGABYTES = env.integer("FILE_DAY_MEGABYTES", 200)  # of one person
FILE_NETWORK_MEGABYTES = env.integer("FILE_NETWORK_MEGABYTES", 20_000)
FILES_SCANNER_URL = env.text("FILES_SCANNER_URL", "")

if PRODUCTION:
    env.refuse(
        {
            "SECRET_KEY must have at least 50 characters, 20 of them different": len(SECRET_KEY) < 50
            or len(set(SECRET_KEY)) < 20,
            "SECRET_KEY must not be the demo's, which is published": _DEMO_KEY in {SECRET_KEY, *SECRET_KEY_FALLBACKS},
            "DEBUG must be off": DEBUG,
            "PUBLIC_URL must begin with https://": not _secure,
            "ALLOWED_HOSTS must not contain *": any(host.startswith("*") for host in ALLOWED_HOSTS),
            "VIDEO_JITSI_URL and VIDEO_BBB_URL must begin with https://": env.is_bare(VIDEO_JITSI_URL, VIDEO_BBB_URL),
            "EMAIL_URL must be set, or nobody would be reminded of a session": not _email_url,
        }
    )

if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True  # straight from var/assets: no collectstatic before a test
