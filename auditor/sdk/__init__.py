"""All that a probe may import besides the model: doors as protocols, tools for text, dates and pages."""
