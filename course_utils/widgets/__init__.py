"""What moves: explorers, guesses and quizzes. Only notebooks and lesson rooms import it."""
