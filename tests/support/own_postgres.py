"""A PostgreSQL of a test's own, which may be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running_console import is_alive, until

OPTIONS = "-c listen_addresses='' -c fsync=off -c shared_buffers=64MB"
"""The machine outlives each kill, so nothing has to reach the disk."""


class OwnPostgres:
    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Again and again while the children of one that was killed still hold its memory."""
        until(self._has_started, 60)

    def _has_started(self) -> bool:
        try:
            self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "start", "-o", f"{OPTIONS} -k {self.folder}")
        except subprocess.CalledProcessError:
            return False
        return True

    def crash(self) -> None:
        """kill -9 to the postmaster; its children find out by themselves."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        until(lambda: not is_alive(pid) and not self._holders())

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "stop")

    def _holders(self) -> list[int]:
        """Processes that still work in the folder of the data."""
        mine = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink() == self.data and is_alive(int(entry.name)):
                    mine.append(int(entry.name))
            except OSError:
                continue
        return mine

    def _run(self, program: str, *arguments: str) -> None:
        """The server refuses to run as root."""
        command = [str(self.binaries / program), "-D", str(self.data), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="console-own-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = OwnPostgres(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
