"""The clocks: one Deadline per limit, subject and holder; the tick that announces; excuses; "why this deadline"."""
