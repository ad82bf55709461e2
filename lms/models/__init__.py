"""The tables. Importing this package registers all of them."""

from lms.models import audit, bank, columns, drills, exams, marking, people, roleplays

__all__ = ["audit", "bank", "columns", "drills", "exams", "marking", "people", "roleplays"]
