from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import debit_stops, presenters, publishing  # noqa: F401 - registered by being imported
        from contacts.names import display_name
        from contacts.presets import install_after_migrate
        from lending.pages import register_namer

        register_namer(display_name)
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="contacts.presets")
