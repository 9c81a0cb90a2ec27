from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"

    def ready(self) -> None:
        from staff import checks, presenters, signals  # noqa: F401 - registered by being imported
        from staff.rekeying import register_column

        register_column("staff.Factor", "secret")
