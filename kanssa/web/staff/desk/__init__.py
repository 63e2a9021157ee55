"""The clerk's screens: finding, a case, identifying in person, serving whoever is there."""
