"""How detectors are set: values and status that one person proposes and another approves, and what runs make of them."""
