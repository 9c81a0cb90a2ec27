"""gunicorn's settings; the address comes on its command line."""

from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from config.lifeline import end_with_parent

worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 5
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 — a heartbeat must never wait for a disk
loglevel = "warning"
control_socket_disable = True


def post_fork(server: Arbiter, worker: Worker) -> None:
    """A web worker ends with its master, also when that is killed."""
    end_with_parent(worker.ppid)
