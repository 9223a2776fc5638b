"""Process definitions: versions, diagrams, pictures, how they stand."""
