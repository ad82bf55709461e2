"""Timed system drills 实操演练: tasks made from templates, a journal of actions, and the score computed from it."""
