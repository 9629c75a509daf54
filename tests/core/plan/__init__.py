"""Tests of checks and plans."""
