"""Messages to branches and offices: stored with the fact that causes them, sent after commit, swept if that failed."""
