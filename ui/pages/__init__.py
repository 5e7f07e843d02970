"""The pages of the journey: one for each step, under the name of the step."""
