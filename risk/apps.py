from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "risk"

    def ready(self) -> None:
        from risk import presenters, receivers  # noqa: F401 - registered by being imported
