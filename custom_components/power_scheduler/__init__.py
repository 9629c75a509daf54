"""Power Scheduler: which job may run on which battery, and when."""
