from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import (  # noqa: F401 - some register by being imported
            leavers,
            loan_links,
            merging,
            panels,
            paying,
            presenters,
            receivers,
            scope,
            stage_publishing,
            timeline,
        )
        from cases.attachments import kept_files
        from cases.complaints import desk as complaints_desk
        from cases.kinds import register_skills
        from cases.referrals import agency_terms  # noqa: F401 - registers by being imported
        from cases.referrals import desk as referrals_desk
        from cases.referrals import receivers as referrals_receivers  # noqa: F401 - heard after the cases' own
        from cases.scripts import publishing  # noqa: F401 - registered by being imported
        from cases.scripts.presets import install_after_migrate
        from cases.steps import presets as steps_presets
        from cases.steps import publishing as steps_publishing  # noqa: F401 - registered by being imported
        from contacts.names import register_owner_check
        from lending import scope as book_scope
        from staff.rekeying import register_files

        register_skills()
        register_files(kept_files)
        panels.register()
        paying.register()
        complaints_desk.register()
        referrals_desk.register()
        book_scope.register(scope.borrowers_seen)
        register_owner_check(scope.owned_by)
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="cases.scripts")
        post_migrate.connect(steps_presets.install_after_migrate, sender=self, dispatch_uid="cases.steps")
