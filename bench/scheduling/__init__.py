"""Instances of the planning problem, how plans score, and simple planners."""
