//! The harness in small: every part breaks, every promise is checked.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod crash;
mod model;
mod oracle;
mod proxy;
mod smoke;
