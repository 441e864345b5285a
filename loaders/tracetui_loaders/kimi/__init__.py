"""What Kimi's formats share, and the wire of Kimi CLI."""
