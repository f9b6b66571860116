//! The edge as a client sees it: real nginx on free ports, small services behind it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test stops at the first surprise"
)]

mod edge;
mod golden;
mod headers;
mod limits;
mod port_map;
mod process;
mod raw;
mod reload;
mod routes;
mod status;
mod tls;
mod upstream;
