"""Conversations of OpenHands: events of version 0 and 1, results of evaluations, logs of calls."""
