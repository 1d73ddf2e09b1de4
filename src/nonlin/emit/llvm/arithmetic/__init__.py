"""Numbers of one or two words in every lane of a vector, and the elementary functions of them."""
