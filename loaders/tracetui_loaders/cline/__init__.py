"""Sessions of Cline, and of the extensions that descend from it (Roo Code, Kilo Code)."""
