"""What every app stands on: the journal of facts, the state-machine mixin, effects after commit, the clock, personal data."""
