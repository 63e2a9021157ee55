"""What the city tells of its service desk: address, hours, notices."""
