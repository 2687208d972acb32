"""The onboarding document, from which profile, children and goals come."""
