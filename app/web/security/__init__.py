"""Who may ask: tokens, sessions, CSRF, rate limits of sign-ins, security headers."""
