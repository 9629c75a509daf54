"""Benches of the forecast and of the planner."""
