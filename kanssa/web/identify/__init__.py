"""Accept cookies, choose how to identify, go to the broker and come back."""
