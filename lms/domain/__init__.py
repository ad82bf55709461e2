"""The rules of the house: pure values and functions, no clock, no dice, no network, no framework."""
