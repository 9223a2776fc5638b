"""Early warning: how likely each running limit is to be missed, while there is still time to act."""
