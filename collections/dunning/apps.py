from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DunningConfig(AppConfig):
    name = "dunning"

    def ready(self) -> None:
        from dunning import desk, presenters, receivers, rehearsing, said  # noqa: F401 - registered by being imported
        from dunning.presets import install_after_migrate

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="dunning.presets")
