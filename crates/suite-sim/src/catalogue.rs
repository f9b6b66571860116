//! The services of the default suite, without the port manager, which is a real one.

use std::collections::BTreeMap;

/// Name and default port of each service.
///
/// # Errors
/// When the file that is compiled in cannot be read.
pub fn services() -> Result<BTreeMap<String, u16>, serde_json::Error> {
    serde_json::from_str(include_str!("catalogue.json"))
}
