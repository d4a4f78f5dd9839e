"""The addresses of allauth that we use, and no others."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("register/", account.signup, name="account_signup"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/mail/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    path("account/mail/<str:key>/", account.confirm_email, name="account_confirm_email"),
]
