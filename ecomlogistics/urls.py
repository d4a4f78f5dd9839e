from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from desk.views.outbox import outbox
from desk.views.roles import roles
from ecomlogistics import entrance, health

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("csp-report/", health.csp_report, name="csp-report"),
    path("", include("ecomlogistics.logins.urls")),
    path("start/", entrance.start, name="start"),
    path("theme/", entrance.theme, name="theme"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("demo/", roles, name="roles"),
    path("demo/outbox/", outbox, name="outbox"),
    path("desk/", include("partners.deskurls")),
    path("desk/", include("desk.urls")),
    path("api/v1/", include("ecomlogistics.api")),
    path("developers/", include("partners.developerurls")),
    path("", include("partners.urls")),
    path("", include("portal.urls")),
]
