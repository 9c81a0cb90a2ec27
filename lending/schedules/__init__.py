"""Repayment schedules: pure functions from terms to rows. No Django, no clock, no floats."""

from lending.daycount import DayCount
from lending.schedules.reading import TermsError
from lending.schedules.row import Row
from lending.schedules.rows import build
from lending.schedules.steps import Every, Frequency, Unit
from lending.schedules.terms import Absorb, Method, MonthEnd, Terms
from lending.schedules.workdays import Move, MovedInterest, NonWorking

__all__ = [
    "Absorb", "DayCount", "Every", "Frequency", "Method", "MonthEnd", "Move", "MovedInterest", "NonWorking", "Row",
    "Terms", "TermsError", "Unit", "build",
]  # fmt: skip
