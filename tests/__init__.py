"""What Power Scheduler does, proved through its public doors."""
