"""What every way of running shares. Values that differ come from the environment (environment.py)."""

import logging
from datetime import UTC, datetime

import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from ecomlogistics.settings import stores
from ecomlogistics.settings.environment import ROOT, flag, listed, number, numbers, state_dir, text
from ecomlogistics.settings.logs import PROCESSORS, logging_config

BASE_DIR = ROOT
STARTED_AT = datetime.now(UTC)  # this process; the tick need not have run before its first intervals
STATE_DIR = state_dir()

# ---- who and where
CARRIER_NAME = text("CARRIER_NAME")
BASE_URL = text("BASE_URL").rstrip("/")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
TRUSTED_PROXIES = number("TRUSTED_PROXIES")
METRICS_ALLOW = listed("METRICS_ALLOW")
SECRET_KEY = text("SECRET_KEY")
FIELD_KEY = text("FIELD_KEY")
DEBUG = False
DEMO = False
CLOCK_OFFSET_FILE = text("CLOCK_OFFSET_FILE")

# Subscribers hear every fact, in this order, in the transaction that states it (design §6.19).
EVENT_SUBSCRIBERS: list[str] = [
    "pickup.services.on_entries",
    "delivery.services.on_entries",
    "sla.services.on_entries",
    "sla.services.on_linked_waybills",
    "penalties.services.on_entries",
    "penalties.services.on_adjudications",
    "penalties.services.on_missed",
    "notify.services.on_entries",
    "notify.telling.on_entries",
    "partners.services.pushes.on_entries",
]

# ---- apps, from the lowest to the highest
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "django_structlog",
    "django.forms",
    "core",
    "network",
    "customers",
    "pricing",
    "orders",
    "pickup",
    "delivery",
    "complaints",
    "sla",
    "penalties",
    "notify",
    "reports",
    "desk",
    "portal",
    "partners",
]
AUTH_USER_MODEL = "network.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "ecomlogistics.urls"
WSGI_APPLICATION = "ecomlogistics.wsgi.application"

MIDDLEWARE = [
    "django_structlog.middlewares.RequestMiddleware",
    "ecomlogistics.middleware.JournalRequestId",
    "partners.calls.PartnerCalls",
    "ecomlogistics.middleware.Figures",
    "django.middleware.security.SecurityMiddleware",
    "ecomlogistics.csp.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ecomlogistics.middleware.DatabaseDown",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ecomlogistics.middleware.SessionLimits",
    "network.middleware.StaffMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ecomlogistics.logins.factor.SecondFactorDue",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# ---- rows, tasks, cache
DATABASES = {
    "default": stores.database(
        text("DATABASE_URL"), file=STATE_DIR / "db.sqlite3", statement_timeout=number("DB_STATEMENT_TIMEOUT")
    )
}
DB_PREPARES = flag("DB_PREPARES")
CACHES = {"default": stores.cache(text("REDIS_URL"))}

CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 0.2
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "beat")
globals().update(
    {f"CELERY_{key}": value for key, value in stores.broker(text("REDIS_URL"), folder=STATE_DIR / "broker").items()}
)

# ---- language and time: stored in UTC, spoken in Shanghai
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ---- templates and static files
_ENGINE_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                ("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _ENGINE_LOADERS)]),
            ],
            "builtins": [
                "template_partials.templatetags.partials", "django.templatetags.i18n", "core.templatetags.icons",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "ecomlogistics.context.house",
                "desk.navigation.frame",
                "portal.chatting.unread",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets are drawn by templates of ours too
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"  # built from the code, so beside it, wherever the state is kept
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ecomlogistics.static.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = STATE_DIR / "media"
PROOF_PHOTO = listed("PROOF_PHOTO")
CLAIM_UNINSURED_FREIGHTS = number("CLAIM_UNINSURED_FREIGHTS")
CLAIM_LINK_DAYS = number("CLAIM_LINK_DAYS")
COUPON_MOST = number("COUPON_MOST")

# ---- partners
PUSH_THREADS = number("PUSH_THREADS")
CALLBACK_LOOPBACK = flag("CALLBACK_LOOPBACK")
PARTNER_PER_MINUTE = number("PARTNER_PER_MINUTE")
PARTNER_LOG_DAYS = number("PARTNER_LOG_DAYS")
PARTNER_LOG_SECONDS = 1.0  # calls of a process are written together

# ---- logins
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SMS_URL = text("SMS_URL")
MAIL_URL = text("MAIL_URL")
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_ADAPTER = "ecomlogistics.logins.adapter.Accounts"
ACCOUNT_FORMS = {
    "login": "ecomlogistics.logins.forms.Login",
    "signup": "ecomlogistics.logins.forms.Signup",
    "reset_password": "ecomlogistics.logins.forms.ResetPassword",
    "reset_password_from_key": "ecomlogistics.logins.forms.ResetPasswordByLink",
    "change_password": "ecomlogistics.logins.forms.ChangePassword",
    "add_email": "ecomlogistics.logins.forms.ChangeMail",
    "reauthenticate": "ecomlogistics.logins.forms.Reauthenticate",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SESSION_REMEMBER = True  # the session's age is the cookie's; the idle limit ends it sooner
ACCOUNT_USERNAME_MIN_LENGTH = 4
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the letter is the proof that no lock-out stands against
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # here; elsewhere the session's hash no longer fits
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "login_failed_anywhere": "50/h/key", "signup": "20/h/ip"}
MFA_ADAPTER = "ecomlogistics.logins.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ROLES = listed("MFA_ROLES")
MFA_FORMS = {
    "authenticate": "ecomlogistics.logins.forms.SecondFactor",
    "reauthenticate": "ecomlogistics.logins.forms.SecondFactorAgain",
    "activate_totp": "ecomlogistics.logins.forms.ActivateTotp",
    "deactivate_totp": "ecomlogistics.logins.forms.DeactivateTotp",
    "generate_recovery_codes": "ecomlogistics.logins.forms.NewRecoveryCodes",
}
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600  # absolute; the idle limit is ecomlogistics.middleware.SessionLimits
STALE_HOURS = numbers("STALE_HOURS")
CASH_IN_HAND_DAYS = number("CASH_IN_HAND_DAYS")
FRAUD_SHIPPERS = number("FRAUD_SHIPPERS")
FRAUD_ORDERS = number("FRAUD_ORDERS")
APPEAL_DAYS = number("APPEAL_DAYS")
SESSION_IDLE_SECONDS = number("SESSION_IDLE_MINUTES") * 60
KEPT_SECONDS = 5  # how old may be what a process remembers of branches and of prices in force (core.kept)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# ---- what a browser may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "report-uri": "/csp-report/",
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "ecomlogistics.uploads.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ---- the API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partners.authentication.SignedRequest",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["orders.api.callers.Known"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ecomlogistics.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "ecomlogistics.parsing.JsonAlone",
    "DEFAULT_SCHEMA_CLASS": "orders.api.openapi.Summarised",
    "EXCEPTION_HANDLER": "ecomlogistics.errors.answer",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "E-commerce logistics API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# ---- logs
LOGGING = logging_config(text("LOG_LEVEL"))
structlog.configure(
    processors=PROCESSORS,
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # named by ecomlogistics.middleware.SessionLimits, which need not load the account
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: its end says what it was
