"""One contract for every history store."""
