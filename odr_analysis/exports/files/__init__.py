"""Files whatever their wrapper: unpacked, measured, hashed, their encoding found."""
