//! How long the plain fields of a credential may be.

/// Characters of a name at most.
pub const MAX_NAME: usize = 100;
/// Characters of a description at most.
pub const MAX_DESCRIPTION: usize = 2000;
/// Characters of a reason at most.
pub const MAX_REASON: usize = 500;
