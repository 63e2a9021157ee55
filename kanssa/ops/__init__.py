"""Operations: commands, health and readiness, logs, start-up checks."""
