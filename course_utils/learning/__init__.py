"""What passes between a lesson and its learner: claims, guesses, the map of lessons."""
