"""The texts of the program and other languages for them; nothing here knows a screen."""
