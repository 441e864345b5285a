"""tracetui: the terminal explorer for traces of LLM agents."""
