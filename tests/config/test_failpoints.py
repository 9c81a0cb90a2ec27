import subprocess
import sys

import pytest

from audit import failpoints


def died_at(wanted: str, passes: int) -> subprocess.CompletedProcess[str]:
    script = f"from audit.failpoints import failpoint\nfor n in range({passes}):\n print(n, flush=True)\n failpoint('audit.recorded')"
    return subprocess.run(
        [sys.executable, "-c", f"import config\n{script}"],
        env={"FAILPOINT": wanted},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_a_process_dies_at_the_pass_that_was_asked_for() -> None:
    outcome = died_at("audit.recorded:2", passes=4)

    assert outcome.returncode == failpoints.EXIT_STATUS
    assert outcome.stdout.split() == ["0", "1"]


def test_a_process_lives_when_another_place_was_asked_for() -> None:
    assert died_at("somewhere.else:1", passes=3).returncode == 0


def test_a_process_lives_when_nothing_was_asked_for() -> None:
    assert died_at("", passes=3).returncode == 0


@pytest.mark.parametrize("wanted", ["nowhere:1", "audit.recorded:0", "audit.recorded:x", "audit.recorded:-1"])
def test_a_wrong_failpoint_is_told(wanted: str) -> None:
    assert failpoints.fault_of(wanted)


@pytest.mark.parametrize("wanted", ["audit.recorded", "audit.recorded:3"])
def test_a_right_failpoint_has_no_fault(wanted: str) -> None:
    assert failpoints.fault_of(wanted) is None
