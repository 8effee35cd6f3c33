from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "peerhub.mailbox"
    label = "mailbox"
