"""What moves in a lesson: thin controls over pure functions. Nothing but notebooks imports this."""
