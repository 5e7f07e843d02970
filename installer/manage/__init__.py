"""What a person does with an installation that exists: status, and taking access back."""
