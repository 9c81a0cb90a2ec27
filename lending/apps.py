from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LendingConfig(AppConfig):
    name = "lending"

    def ready(self) -> None:
        from lending import change_words, desk, helping, presenters, waiver_links, waiver_words, ways_presenters  # noqa: F401 - registered by being imported
        from lending.imports import job  # noqa: F401 - the same
        from lending.waiver_presets import install_after_migrate

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="lending.waiver_presets")
