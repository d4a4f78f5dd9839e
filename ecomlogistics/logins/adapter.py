"""What allauth asks the house: who is where, where a login leads, what a new login is, how guessing is counted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from core.personal import seal, unseal
from customers.models import CustomerAccount
from customers.services import open_account
from ecomlogistics.logins import devices, factor
from network.access import client_address
from network.models import Account
from notify.choices import Medium, NoticeKind
from notify.notices import write

APP = "allauth.account"
ANYWHERE = "login_failed_anywhere"
LINKS = ("activate_url", "password_reset_url", "signup_url")
STAGES = {"allauth.account.stages.EmailVerificationStage": "ecomlogistics.logins.stages.MailVerification"}
"""Steps of a login that are ours instead of allauth's."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins of staff and customers alike; only customers register by themselves."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_login_stages(self) -> list[str]:
        stages: list[str] = super().get_login_stages()
        return [STAGES.get(stage, stage) for stage in stages]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Store the letter as a notice, which is sent after the commit and tried again."""
        links = {name: _public(context[name]) for name in LINKS if name in context}
        said = {"request": self.request, "email": email, "carrier_name": settings.CARRIER_NAME, **context, **links}
        letter = self.render_mail(template_prefix, email, said)
        account = CustomerAccount.objects.filter(account__emailaddress__email__iexact=email).first()
        write(
            kind=NoticeKind.ACCOUNT, medium=Medium.MAIL, address=email, subject=letter.subject[:120], text=letter.body, account=account,
            now=clock.now(),
        )  # fmt: skip

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True) -> Account:
        """Store a registration: the login, and the customer's side of it."""
        saved: Account = super().save_user(request, user, form, commit)
        open_account(saved, now=clock.now())
        return saved

    def is_safe_url(self, url: str | None) -> bool:
        """Lead on to pages of the site that was asked alone, wherever else we are known."""
        own = {self.request.get_host()}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=own, require_https=self.request.is_secure())

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Ask for the password again, but for the demonstration's logins, which have none."""
        return self.request.user.has_usable_password() or not settings.DEMO

    # Counting failed logins.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        login = _login(credentials)
        mark = devices.mark_of(request, login)
        return f"device:{mark}:{login}" if mark else f"address:{client_address(request)}:{login}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        self._anywhere = None
        login = _login(credentials)
        if not devices.mark_of(request, login):
            self._anywhere = ratelimit.consume(request, app=APP, action=ANYWHERE, key=login)
            if not self._anywhere:
                raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._anywhere:
            self._anywhere.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever reset the password by the letter has proved to be the owner: forget what was counted against the account."""
        for address in EmailAddress.objects.filter(email__iexact=credentials["email"]).select_related("user"):
            login = address.user.username.lower()
            super()._delete_login_attempts_cached_email(request, username=login)
            ratelimit.clear(request, app=APP, action=ANYWHERE, key=login)

    def post_login(self, request: HttpRequest, user: Account, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        devices.remember(request, response, user.username)
        factor.note(request, user)
        return response


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username", "")).lower()


def _public(url: str) -> str:
    """Return a link with the configured public address: what a request calls its host is the visitor's word."""
    return settings.BASE_URL + urlsplit(url).path if settings.BASE_URL else url


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of the second factor, sealed; offices that must have one cannot switch it off."""

    def get_totp_issuer(self) -> str:
        return str(settings.CARRIER_NAME)

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not factor.demanded(authenticator.user)
