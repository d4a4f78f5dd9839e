from django.contrib import admin

from partners.models import DialectKey, Partner, PartnerKey


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    """Where pushes go, to which hosts, and how much may be asked is set on the desk's page, which checks it."""

    fields = ("code", "name", "channel", "sandbox", "closed_at", "customers")
    list_display = ("code", "name", "channel", "closed_at")
    filter_horizontal = ("customers",)


@admin.register(PartnerKey)
class PartnerKeyAdmin(admin.ModelAdmin):
    """Keys are issued by `manage.py partner_key`, which shows the secret once; here they are only looked at and ended."""

    list_display = ("key", "partner", "created_at", "expires_at", "revoked_at")
    fields = ("key", "partner", "created_at", "expires_at", "revoked_at")
    readonly_fields = ("key", "partner", "created_at")

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(DialectKey)
class DialectKeyAdmin(PartnerKeyAdmin):
    """As the native keys: `manage.py partner_key --dialect` issues them."""

    list_display = ("dialect", "account", "partner", "created_at", "expires_at", "revoked_at")
    fields = ("dialect", "account", "partner", "created_at", "expires_at", "revoked_at")
    readonly_fields = ("dialect", "account", "partner", "created_at")
