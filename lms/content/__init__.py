"""Content that people keep as files, read and linted; knows the domain, and neither tables nor pages."""
