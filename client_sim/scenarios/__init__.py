"""What is played with headless endpoints: one call, and many side by side. They end with a report, not with a print."""
