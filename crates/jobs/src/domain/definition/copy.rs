//! Steps that write a file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::model::job::CopySpec;

use super::names::Templates;
use super::privilege;
use super::reader::Reader;

/// Longest content of a copied file, in base64 characters.
const MAX_CONTENT: usize = 1_400_000;

/// Reads what a step writes; `posix` targets know modes, owners and paths from the root on.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    posix: bool,
) -> Option<CopySpec> {
    let dest_path = reader.text("destPath", 1..=4096);
    if let Some(path) = &dest_path {
        templates.check(reader, "destPath", path);
        if posix && !path.starts_with('/') && !path.starts_with("{{") {
            reader.fault("destPath", "invalid", "must be an absolute path");
        }
    }
    let (content_b64, from_url) = content(reader, templates);
    let mode = posix.then(|| reader.optional_text("mode", 3..=4)).flatten();
    if mode
        .as_ref()
        .is_some_and(|mode| u16::from_str_radix(mode, 8).is_err())
    {
        reader.fault("mode", "invalid", "must be octal digits such as 0644");
    }
    let owner = posix
        .then(|| reader.optional_text("owner", 1..=65))
        .flatten();
    if owner.as_ref().is_some_and(|owner| !is_owner(owner)) {
        reader.fault("owner", "invalid", "must be user, user:group or :group");
    }
    Some(CopySpec {
        dest_path: dest_path?,
        content_b64,
        sha256: sha256(reader, from_url.is_some()),
        from_url,
        mode,
        owner,
        overwrite: reader.boolean("overwrite", true),
        as_user: posix.then(|| privilege::read(reader)).flatten(),
    })
}

/// The content itself, or where it is fetched from.
fn content(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
) -> (Option<String>, Option<String>) {
    if reader.take("fromUrl").is_none() {
        let content = reader.text("contentB64", 0..=MAX_CONTENT);
        if content
            .as_ref()
            .is_some_and(|text| STANDARD.decode(text).is_err())
        {
            reader.fault("contentB64", "invalid", "must be base64 with padding");
        }
        return (content, None);
    }
    if reader.take("contentB64").is_some() {
        reader.fault("fromUrl", "not_allowed", "must not stand beside contentB64");
    }
    let url = reader.optional_text("fromUrl", 1..=2000);
    if let Some(url) = &url {
        templates.check(reader, "fromUrl", url);
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let detail = "must begin with http:// or https://";
            reader.fault("fromUrl", "invalid", detail);
        }
    }
    (None, url)
}

fn sha256(reader: &mut Reader<'_, '_>, is_fetched: bool) -> Option<String> {
    let given = reader.optional_text("sha256", 1..=64)?.to_lowercase();
    if !is_fetched {
        reader.fault("sha256", "not_allowed", "is for fromUrl only");
    }
    if given.len() != 64 || !given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        reader.fault("sha256", "invalid", "must be 64 hexadecimal digits");
    }
    Some(given)
}

fn is_owner(owner: &str) -> bool {
    let (user, group) = owner.split_once(':').unwrap_or((owner, "root"));
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    is_name(group) && (is_name(user) || user.is_empty() && owner.starts_with(':'))
}
