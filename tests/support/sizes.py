"""How large a test is: small in every run, in full with TESTS_AT_SIZE=1."""

import os

AT_SIZE = os.environ.get("TESTS_AT_SIZE") == "1"


def sized(small: int, full: int) -> int:
    return full if AT_SIZE else small
