"""The world in which certification drills and, unless asked otherwise, practice take place."""

WORLD_SEED = 20260316
WORLD_SIZE = 50_000
