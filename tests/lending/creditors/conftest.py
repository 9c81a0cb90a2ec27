"""A fresh book for every test."""

import pytest

from tests.lending.book.books import Book


@pytest.fixture
def book(db: None) -> Book:
    return Book()
