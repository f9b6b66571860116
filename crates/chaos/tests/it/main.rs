//! The harness in small: every part breaks, every promise is checked.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

mod crash;
mod model;
