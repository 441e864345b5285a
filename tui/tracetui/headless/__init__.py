"""Commands without a screen: the same answers as the views, as text or JSON."""
