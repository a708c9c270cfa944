"""The media of the headless endpoints: what they show, what they sound like, and how what arrived is judged.

Sent: a test card with a stamp in every frame (`card`, `stamp`), a tone sequence (`tone`), or a clip encoded once
(`clip`). Received: `watch` reads stamps and tones and gives figures. Nothing here opens a socket, knows a call, or
records anything: the last picture and the figures are all that stays, in memory, for as long as their watch lives.
"""
