from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.guards import install_after_migrate

        post_migrate.connect(install_after_migrate, dispatch_uid="audit.guards")
