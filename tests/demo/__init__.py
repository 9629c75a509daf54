"""Tests of the demo home and of the script that runs it."""
