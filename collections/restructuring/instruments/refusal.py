"""Why an instrument cannot be applied: the rule that says so, the field to change and what is wrong with it."""

from lending.schedules import TermsError


class RefusedError(ValueError):
    """`rule` names what stands in the way, `field` what to change (None where no field would help)."""

    def __init__(self, rule: str, field: str | None, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule, self.field, self.message = rule, field, message

    @classmethod
    def from_terms(cls, error: TermsError) -> "RefusedError":
        """The same as a refusal: what was sent makes no sense."""
        return cls("input", error.field, error.message)
