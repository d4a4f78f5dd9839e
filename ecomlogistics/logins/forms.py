"""allauth's forms in our dress: our widgets' classes, plain labels, the house's words for what is missing, none inside the boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.privacy import CURRENT
from network.models import Account

UNSAID = forms.Field.default_error_messages["required"]


class Dressed(forms.Form):
    """A form as the hall shows it; mixed in before allauth's own."""

    use_required_attribute = False
    labels: Mapping[str, Any] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        for name, field in self.fields.items():
            tick = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if tick else "form-control"
            field.widget.attrs.pop("placeholder", None)
            if field.error_messages["required"] == UNSAID:
                field.error_messages["required"] = _("请填写此项。")
            field.label = self.labels.get(name) or LABELS.get(name, field.label)


LABELS = {
    "login": _("用户名"), "username": _("用户名"), "email": _("电子邮箱"), "password": _("密码"), "password1": _("密码"),
    "password2": _("再输一次密码"), "oldpassword": _("现在的密码"), "code": _("验证码"),
}  # fmt: skip


class Login(Dressed, account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = ""  # the way to a forgotten password stands below the button


class Signup(Dressed, account.SignupForm):  # type: ignore[misc]
    """A registration agrees to the privacy notice that was on the page, and to no other."""

    consent = forms.BooleanField(
        label=_("我已阅读并同意《个人信息保护告知》"), error_messages={"required": _("请先阅读并同意《个人信息保护告知》。")}
    )
    edition = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["edition"] = CURRENT.hash

    def clean_edition(self) -> str:
        if self.cleaned_data["edition"] != CURRENT.hash:
            self.data = {**self.data.dict(), "edition": CURRENT.hash, "consent": ""}
            raise forms.ValidationError(_("《个人信息保护告知》刚刚有改动，请重新阅读并同意。"))
        return CURRENT.hash


class ResetPassword(Dressed, account.ResetPasswordForm):  # type: ignore[misc]
    """By mail address or by user name (§3.4.5); the answer is the same whatever there is."""

    email = forms.CharField(label=_("用户名或邮箱"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    labels = {"email": _("用户名或邮箱")}

    def clean_email(self) -> str:
        said: str = self.cleaned_data["email"].strip()
        if "@" in said:
            return super().clean_email()  # type: ignore[no-any-return]
        self.users = list(Account.objects.filter(username__iexact=said, is_active=True)[:1])
        return said

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Send to the address that is on record; a user name that nobody has is answered with silence."""
        said: str = self.cleaned_data["email"].strip()
        if "@" not in said:
            known = EmailAddress.objects.get_primary_email(self.users[0]) if self.users else ""
            if not known:
                return said
            self.cleaned_data["email"] = known
        return super().save(request, **options)  # type: ignore[no-any-return]


class ResetPasswordByLink(Dressed, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePassword(Dressed, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class ChangeMail(Dressed, account.AddEmailForm):  # type: ignore[misc]
    pass


class Reauthenticate(Dressed, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class SecondFactor(Dressed, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgain(Dressed, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateTotp(Dressed, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass


class DeactivateTotp(Dressed, totp.DeactivateTOTPForm):  # type: ignore[misc]
    pass


class NewRecoveryCodes(Dressed, recovery.GenerateRecoveryCodesForm):  # type: ignore[misc]
    pass
