"""What a target asks for: kinds of task, how one is guessed, what predictions are worth."""
