"""What can be done with a loan that its borrower cannot pay as agreed: pure functions of one value, integers only.

A position (`opening.opened`) goes through instruments one after the other (`reading.apply_all`); `measures.compare` says what that
costs. No Django, no clock. docs/quote_plan.md shows each.
"""
