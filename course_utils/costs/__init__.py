"""What a training run costs, predicted before one pays for it: time, memory, power and money."""
