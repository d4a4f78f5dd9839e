"""Logins, by django-allauth: how it is fitted to this house."""
