"""`manage.py compile_translations`: one compiled catalogue out of the parts; `--check` names what has no translation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.translations import compile_translations, untranslated


class Command(BaseCommand):
    help = "Compile locale/parts into VAR_DIR/locale; no gettext tools are needed."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a text has no Chinese translation")

    def handle(self, *, check: bool, **options: Any) -> None:
        target = compile_translations(Path(settings.LOCALE_PATHS[0]))
        if options["verbosity"]:
            self.stdout.write(str(target))
        missing = untranslated() if check else []
        for text in missing:
            self.stderr.write(
                f"{text.where}: no Chinese for {text.msgid!r}" + (f" ({text.context})" if text.context else "")
            )
        if missing:
            raise CommandError(f"{len(missing)} texts have no complete translation")
