"""Tests of the cards, in a real browser."""
