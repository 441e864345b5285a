"""What the formats of OpenAI's Codex share: the telling of its items and events."""
