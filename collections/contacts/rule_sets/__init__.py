"""The contact rules of several countries and of the house, as dated data with their sources.

Written from public accounts of the texts, not all of whose clauses were seen: counsel must check a set before live use.
"""
