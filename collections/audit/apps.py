from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.guards import install_after_migrate, step_aside_before_migrate

        pre_migrate.connect(step_aside_before_migrate, sender=self, dispatch_uid="audit.guards_aside")
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="audit.guards")
