"""What the operators answer for each pair of types."""
