"""The model calls of a trace as chats: who spoke, what was new, what it cost. Pure values.

`outline` finds the chats of a trace, `history` what each call's input adds to the one before,
`turns` pairs tool calls with their results, `items` draws them, `markdown` writes them down.
"""
