"""Loans and payments from files: every good row in, every bad row named by line and reason, nothing half done.

A file is read as a stream (`source`, `records`), each row becomes values or a reason (`fields`, `native`, `payday`,
`payments`), and the rows are written in short transactions that look first at what the book already holds (`loans`,
`receipts`). So the same file twice changes nothing, and a run that was killed and started again ends as one clean run.
"""
