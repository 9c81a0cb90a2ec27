"""What a referral is refused for."""


class ReferralError(ValueError):
    """Nothing was written; `field` names what was wrong with the form, if anything of it was."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


class ReferralStaleError(ReferralError):
    """Somebody else has worked on it since it was read."""
