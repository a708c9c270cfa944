"""The auditor's tool: real calls, ended in every way, and a search for what they left (`client-sim residue`).

`promises` says what may be where and when; `scripted` and `sealed` live calls and end them; `together` puts looks
around them, `sites` looks, `judgement` compares; `page` and `table` show what came of it.
"""
