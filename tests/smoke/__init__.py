"""The integration on a Home Assistant without any test harness."""
