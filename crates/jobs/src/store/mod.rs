//! SQL of the schemas `jobs` and `runs` (the intent half).

pub mod children;
pub mod events;
pub mod idempotency;
pub mod jobs;
pub mod lanes;
pub mod limits;
pub mod outputs;
pub mod runs;
pub mod steps;
pub mod versions;
pub mod waiting;
