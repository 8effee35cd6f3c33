from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "peerhub.portal"
    label = "portal"
