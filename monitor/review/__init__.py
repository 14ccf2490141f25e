"""A recorded run -> metrics and a report."""
