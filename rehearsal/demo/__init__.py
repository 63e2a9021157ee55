"""The applications that the demo begins with."""
