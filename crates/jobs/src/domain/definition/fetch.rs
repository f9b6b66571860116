//! Steps that read a file.

use common::model::job::{FetchAs, FetchSpec};

use super::names::Templates;
use super::privilege;
use super::reader::Reader;

/// Most bytes, so that all of them are in the result even as base64.
const MOST_BYTES: i64 = 192 << 10;
/// The same where the definition says nothing.
const USUAL_BYTES: u32 = 64 << 10;

/// Reads what a step reads.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
) -> Option<FetchSpec> {
    let path = reader.text("path", 1..=4096);
    if let Some(path) = &path {
        templates.check(reader, "path", path);
        if !path.starts_with('/') && !path.starts_with("{{") {
            reader.fault("path", "invalid", "must be an absolute path");
        }
    }
    let most = reader.integer("max_bytes", 1..=MOST_BYTES);
    let form = match reader.word("as", &["text", "b64"]) {
        "b64" => FetchAs::B64,
        _ => FetchAs::Text,
    };
    let as_user = privilege::read(reader);
    Some(FetchSpec {
        path: path?,
        max_bytes: most
            .and_then(|most| u32::try_from(most).ok())
            .unwrap_or(USUAL_BYTES),
        form,
        as_user,
    })
}
