"""Columns are called as spreadsheets call them."""

from openpyxl.utils import column_index_from_string, get_column_letter

from auditor.editions.columns import letter, number


def test_every_column_has_its_letters_and_is_found_by_them():
    for column in (1, 9, 26, 27, 50, 52, 53, 702, 703, 16_384):
        assert letter(column) == get_column_letter(column)
        assert number(letter(column)) == column == column_index_from_string(letter(column))
