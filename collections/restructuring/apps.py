from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RestructuringConfig(AppConfig):
    name = "restructuring"

    def ready(self) -> None:
        from restructuring import desk, presenters  # noqa: F401 - presenters register by being imported
        from restructuring.presets import install_after_migrate

        desk.register()
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="restructuring.presets")
