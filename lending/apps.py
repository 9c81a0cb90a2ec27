from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "lending"

    def ready(self) -> None:
        from lending import desk, presenters  # noqa: F401 - registered by being imported
        from lending.imports import job  # noqa: F401 - the same
