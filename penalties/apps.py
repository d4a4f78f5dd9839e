from django.apps import AppConfig


class PenaltiesConfig(AppConfig):
    name = "penalties"
    default_auto_field = "django.db.models.BigAutoField"
