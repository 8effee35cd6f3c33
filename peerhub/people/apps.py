from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "peerhub.people"
    label = "people"
