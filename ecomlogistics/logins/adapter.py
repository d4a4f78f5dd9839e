"""What allauth asks the house: who is where, where a login leads, what a new login is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from customers.models import CustomerAccount
from customers.services import open_account
from network.access import client_address
from network.models import Account
from notify.choices import Medium, NoticeKind
from notify.notices import write


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
        said = {"request": self.request, "email": email, "carrier_name": settings.CARRIER_NAME, **context}
        letter = self.render_mail(template_prefix, email, said)
        account = CustomerAccount.objects.filter(account__emailaddress__email__iexact=email).first()
        write(
            kind=NoticeKind.ACCOUNT, medium=Medium.MAIL, address=email, subject=letter.subject[:120], text=letter.body, account=account,
            now=clock.now(),
        )  # fmt: skip

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _public(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _public(super().get_reset_password_from_key_url(key))

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True) -> Account:
        """Store a registration: the login, and the customer's side of it."""
        saved: Account = super().save_user(request, user, form, commit)
        open_account(saved, now=clock.now())
        return saved

    def is_safe_url(self, url: str | None) -> bool:
        """Lead on to pages of the site that was asked alone, wherever else we are known."""
        return bool(url) and _own(str(url), self.request)


def _public(url: str) -> str:
    """Return a link with the configured public address: what a request calls its host is the visitor's word."""
    return settings.BASE_URL + urlsplit(url).path if settings.BASE_URL else url


def _own(url: str, request: HttpRequest) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


STAGES: dict[str, Any] = {"allauth.account.stages.EmailVerificationStage": "ecomlogistics.logins.stages.MailVerification"}
"""Steps of a login that are ours instead of allauth's."""
