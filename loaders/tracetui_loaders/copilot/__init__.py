"""What the formats of GitHub's Copilot share."""
