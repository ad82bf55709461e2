"""Files of people, read and written for the pages."""

from lms.content.people_files import LARGEST_FILE, FileRefused, read_table, write_xlsx
from lms.content.tables import csv_of
from lms.domain.people_rows import Given, read_people

__all__ = ["LARGEST_FILE", "FileRefused", "csv_of", "read_file", "write_xlsx"]


def read_file(content: bytes) -> Given:
    """The people of a CSV or XLSX file. Raises :class:`FileRefused`, or TableRefused where it is no table of people."""
    return read_people(read_table(content))
