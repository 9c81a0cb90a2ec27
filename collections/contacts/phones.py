"""Numbers as people type them, in the form in which the book keeps them.

A number of mainland China is kept as its national digits (13800138000, 01012345678), any other with its country (+442079460958).
"""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

HOME = "CN"
HOME_CODE = 86
MOBILE_TYPES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class PhoneError(ValueError):
    """No number that can be dialled; `code` says why: unreadable, invalid or not_mobile."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def dialled_form(text: str, *, is_mobile: bool) -> str:
    """The digits to keep for a number typed in any usual way."""
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException:
        raise PhoneError("unreadable") from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("invalid")
    if is_mobile and phonenumbers.number_type(number) not in MOBILE_TYPES:
        raise PhoneError("not_mobile")
    if number.country_code != HOME_CODE:
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return "".join(character for character in national if character.isdigit())
