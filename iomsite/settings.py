"""The settings of every installation; what differs between them comes from the environment.

`.env.example` lists the variables. With DEBUG on, none is needed.
"""

import re
from importlib.metadata import version
from pathlib import Path
from zoneinfo import available_timezones

from csp.constants import NONE, SELF

from iomsite import environment

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = environment.flag("DEBUG", False)

# Development and tests share a published key, so production must bring its own.
DEVELOPMENT_KEY = "development-only-key-that-protects-nothing-and-is-public"
SECRET_KEY = environment.text("SECRET_KEY", DEVELOPMENT_KEY if DEBUG else None)
if not DEBUG and (SECRET_KEY == DEVELOPMENT_KEY or len(SECRET_KEY) < 50):
    environment.refuse("SECRET_KEY", "must be a secret of at least 50 characters in production")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
if not DEBUG and any(key == DEVELOPMENT_KEY or len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    environment.refuse("SECRET_KEY_FALLBACKS", "must hold keys of at least 50 characters each")

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else None)
unclear = [host for host in ALLOWED_HOSTS or [""] if not environment.HOST.fullmatch(host)]
if unclear and not DEBUG:
    # Links in mail lead to the name that was asked for, so whoever asks must not choose it.
    environment.refuse("ALLOWED_HOSTS", f"must name each host in full, not {unclear[0]!r}")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    if not re.fullmatch(r"https?://[^/\s]+", origin):
        environment.refuse("CSRF_TRUSTED_ORIGINS", f"must hold https:// addresses, not {origin!r}")

INSTALLED_APPS = [
    "iomsite",  # before django.contrib.admin: its templates win
    "iomsite.accounts",
    "iomsite.publishing",
    "iomsite.richtext",
    "iomsite.images",
    "iomsite.organisation",
    "programmes",
    "news",
    "iomsite.search",
    "iomsite.sharing",
    "iomsite.alerts",
    "iomsite.operation",
    "iomsite.pagecache",
    "iomsite.mirror",
    "iomsite.backup",
    "django_filters",
    "django_prose_editor",
    "iomsite.admin.StaffAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "iomsite.operation.middleware.MeasureMiddleware",  # outside of whatever asks the database
    "django.middleware.security.SecurityMiddleware",
    "iomsite.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "iomsite.operation.middleware.ReadOnlyMiddleware",  # outside of what writes to the session
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "iomsite.formats.middleware.FormMiddleware",  # outside of what redirects or refuses
    "iomsite.busy.BusyMiddleware",
    "iomsite.publishing.middleware.RedirectMiddleware",
    "iomsite.publishing.middleware.ReplaceDueMiddleware",
    "iomsite.pagecache.drawn.DrawnMiddleware",  # inside of what knows the generation
    "iomsite.middleware.RefuseNulMiddleware",
]

ROOT_URLCONF = "iomsite.urls"
WSGI_APPLICATION = "iomsite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iomsite.organisation.navigation.navigation",
            ],
            "builtins": [
                "iomsite.templatetags.partialdate",
                "iomsite.templatetags.remembered",
                "iomsite.richtext.templatetags.richtext",
            ],
        },
    },
]

FORM_RENDERER = "iomsite.widgets.Renderer"

DATABASES = {
    "default": environment.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
# A process that changes nothing, whatever it is asked for: the database itself sees to that.
READ_ONLY = environment.flag("READ_ONLY", False)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Readers do not wait for a writer, and a second writer waits instead of failing at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Each connection keeps half a megabyte of the file, which the system keeps as well.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA cache_size=-500;" + (" PRAGMA query_only=ON;" if READ_ONLY else ""),
    }
else:
    environment.limit(DATABASES["default"])
    if READ_ONLY:
        DATABASES["default"]["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
if environment.text("DATABASE_REPLICA_URL", ""):
    # What public pages are read from (see iomsite/sources.py).
    DATABASES["replica"] = environment.replica("DATABASE_REPLICA_URL", DATABASES["default"])
    DATABASE_ROUTERS = ["iomsite.sources.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["iomsite.accounts.signin.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 60 * 60

ACCOUNT_ADAPTER = "iomsite.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation goes to the address, and proves it
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "iomsite.accounts.signin.LinksToANewPassword"
ACCOUNT_FORMS = {
    "login": "iomsite.accounts.forms.SignInForm",
    "change_password": "iomsite.accounts.forms.ChangePasswordForm",
    "reset_password": "iomsite.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "iomsite.accounts.forms.NewPasswordForm",
    "reauthenticate": "iomsite.accounts.forms.ConfirmPasswordForm",
}
# How often within how long, for each address (ip), account (key) or person (user). Whole offices
# share an address, so that an account is what is guarded most.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,300/d/ip,5/10m/key,50/d/key",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "alerts": "20/h/ip,100/d/ip",  # of visitors: each makes one mail at most (see iomsite/alerts)
}

MFA_ADAPTER = "iomsite.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by administrators
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "iomsite"
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: clocks and fingers are slow
MFA_FORMS = {
    "authenticate": "iomsite.accounts.forms.CodeForm",
    "reauthenticate": "iomsite.accounts.forms.ConfirmCodeForm",
    "activate_totp": "iomsite.accounts.forms.ActivateAppForm",
    "login_webauthn": "iomsite.accounts.forms.SignInPasskeyForm",
    "authenticate_webauthn": "iomsite.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "iomsite.accounts.forms.ConfirmPasskeyForm",
    "add_webauthn": "iomsite.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "iomsite.accounts.forms.RenamePasskeyForm",
}

# How many proxies of ours stand in front. Each adds to X-Forwarded-For the address it heard from;
# what a visitor wrote there himself stands further left and counts for nothing.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT", 0, at_most=5)

# What servers have to agree on, such as how often somebody has tried to sign in.
CACHES = {"default": environment.cache("CACHE_URL", table="iomsite_cache")}
# They are kept in the library's own shape. What another version of it left there is not read; a
# release with the same one goes on counting, and a code that was used stays used.
CACHES["default"]["KEY_PREFIX"] = f"iomsite-{version('django-allauth')}"
# Where it is Redis, pages that are kept are shared as well (see iomsite/pagecache/shared.py).
CACHE_URL = environment.text("CACHE_URL", "")

# Megabytes of answers that each process keeps (see iomsite/pagecache). With DEBUG on none, so that
# whoever changes a template sees it; 0 turns it off anywhere.
PAGE_CACHE_MB = environment.number("PAGE_CACHE_MB", 0 if DEBUG else 6, at_most=8192)

# OpenSearch beside the database, for very large sites (see iomsite/search/engines/beside.py).
SEARCH_SERVER = environment.search_server("SEARCH_URL")

mail = environment.mail("EMAIL_URL", "console:" if DEBUG else None)
EMAIL_BACKEND = mail.backend
EMAIL_HOST, EMAIL_PORT = mail.host, mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail.user, mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = mail.starttls, mail.tls
EMAIL_TIMEOUT = 10  # seconds; whoever waits for the answer waits as long
DEFAULT_FROM_EMAIL = environment.sender(
    "EMAIL_FROM", "iomsite <iomsite@localhost>" if DEBUG else None
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Who is told of a hole, in /.well-known/security.txt; without it there is no such file.
SECURITY_CONTACT = environment.text("SECURITY_CONTACT", "")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")):
    environment.refuse("SECURITY_CONTACT", "must begin with mailto:, https:// or tel:")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environment.text("TIME_ZONE", "UTC")
if TIME_ZONE not in available_timezones():
    environment.refuse("TIME_ZONE", f"must be a zone such as Africa/Maputo, not {TIME_ZONE!r}")
# One language so far: there is no catalogue to look in (docs/decisions/0028-one-language.md).
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", BASE_DIR / "var" / "static")
MEDIA_URL = "/media/"
MEDIA_ROOT = environment.folder("MEDIA_ROOT", BASE_DIR / "var" / "media")
# Where `manage.py mirror` writes the copy that the web server shows when the site is down.
MIRROR_ROOT = environment.folder("MIRROR_ROOT", BASE_DIR / "var" / "mirror")
# Where systemd notes of each task when it last ended well (deploy/systemd/iomsite-task@.service).
TASKS_ROOT = environment.folder("TASKS_ROOT", BASE_DIR / "var" / "tasks")
# Where `manage.py backup` puts backups, and `restore` finds them.
BACKUP_TO = environment.place("BACKUP_TO", BASE_DIR / "var" / "backups")
STORAGES = {
    "default": environment.storage("MEDIA_STORAGE_URL"),
    "staticfiles": {
        # Names with a content hash need `collectstatic`, which development does without.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "iomsite.static_files.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# A page of fifty parts of each kind sends two thousand fields and more; staff alone send forms.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
if not DEBUG:
    # Browsers refuse a cookie of this name from anybody but this host itself, over TLS.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day; sooner where the browser is closed
SESSION_ENGINE = "iomsite.accounts.session_store"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie more
# Photographs in a bucket come from where the public reads it.
bucket = STORAGES["default"].get("OPTIONS")
buckets = (
    [f"{bucket['url_protocol']}//{bucket['custom_domain'].partition('/')[0]}"] if bucket else []
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *buckets],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": ["/policy-violations/"],
    }
}
if environment.flag("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_LEVEL = environment.choice(
    "LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
)
LOG_FORMAT = environment.choice("LOG_FORMAT", "text" if DEBUG else "json", {"json", "text"})
# Which requests have a line: all, those that the page cache did not answer, or none.
ACCESS_LOG = environment.choice("ACCESS_LOG", "off" if DEBUG else "made", {"all", "made", "off"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "iomsite.logs.Text"}, "json": {"()": "iomsite.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # It would say what each visitor looks for.
    "loggers": {name: {"level": "ERROR"} for name in ("opensearch", "opensearchpy.trace")},
}

# Statements that take longer have a line of their own; milliseconds, 0 for none.
SLOW_QUERY_MS = environment.number("SLOW_QUERY_MS", 500, at_most=60_000)
# Where Prometheus reads; 0 turns it off. Only programs of ours are to reach it.
METRICS_PORT = environment.number("METRICS_PORT", 0, at_most=65_535)
METRICS_HOST = environment.ip_address("METRICS_HOST", "127.0.0.1")
# Hours after which /readyz calls the static copy of the site too old.
MIRROR_MAX_HOURS = environment.number("MIRROR_MAX_HOURS", 26, at_most=8_760)
