"""Open data from the yearly rule-of-law reports of towns in China."""
