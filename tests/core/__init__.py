"""The laws and examples of the functional core."""
