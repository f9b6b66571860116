//! The rules that the whole workspace keeps, and the kit that every service stands on.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod dependencies;
mod gate;
mod hints;
mod listeners;
mod size;
