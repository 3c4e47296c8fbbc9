"""How many signed: counting, hours, figures, charts, and what of it everybody may see."""
