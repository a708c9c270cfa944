"""The auditor's tool: real calls, ended in every way, and a search for what they left (`client-sim residue`).

`promises` says what may be where and when; `scripted` and `sealed` live calls and end them; `sites` looks; `judgement`
compares; `rounds` puts them in order; `page` and `table` show what came of it.
"""
