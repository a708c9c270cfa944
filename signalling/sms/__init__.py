"""SMS: the terminal by default, Twilio beyond. A text holds a code or a link, never a name or a number of others."""
