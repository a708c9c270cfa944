"""The coordinator: decides who may ring whom, and carries boxes it cannot open."""
