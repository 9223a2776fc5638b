"""Cases: raised, corrected, in their officer's hands, and what of the law hangs on each."""
