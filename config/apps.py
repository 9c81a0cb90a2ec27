from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Every process knows the one Celery application, so that a task rung anywhere reaches the given broker."""
        from config import celery  # noqa: F401
