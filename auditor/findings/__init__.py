"""Tell: what fails becomes a finding with a life, and a letter that the agency can act on."""
