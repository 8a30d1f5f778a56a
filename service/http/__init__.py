"""The HTTP face: routes for partners, analysts, auditors and admins. Routes ask and answer; what happens, happens elsewhere."""
