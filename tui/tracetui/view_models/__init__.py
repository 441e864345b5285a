"""View models: plain values and arithmetic between the queries and the widgets."""
