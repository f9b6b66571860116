//! SQL of the executor; all that changes runs goes through functions of the schema.

pub(crate) mod claims;
pub(crate) mod queue;
pub(crate) mod results;
pub(crate) mod workers;
