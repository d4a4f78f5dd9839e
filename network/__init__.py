"""The carrier's own net: units from division to branch, people, the posts they hold, places, the working-day calendar."""
