//! Steps that ask an HTTP interface.

use std::collections::BTreeMap;

use common::model::job::RequestSpec;
use serde_json::Value;

use super::names::{Templates, is_name};
use super::reader::Reader;

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// Headers that the request itself decides on.
const OWN_HEADERS: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
];
/// Most headers, and most values that are extracted.
const MOST: usize = 50;
/// Deepest body.
const DEEPEST: u32 = 20;

/// Whether the method only reads.
pub(super) fn only_reads(request: &RequestSpec) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD")
}

/// Reads what a step asks.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
) -> Option<RequestSpec> {
    let method = reader.word("method", METHODS).to_owned();
    let path = address(reader, templates, "path", &["/"]);
    let url = address(reader, templates, "url", &["http://", "https://"]);
    let given = ["path", "url"].map(|name| reader.take(name).is_some());
    if given[0] == given[1] {
        reader.fault("path", "not_allowed", "must be exactly one of path and url");
    }
    let headers = texts(reader, "headers");
    for (name, value) in &headers {
        let field = format!("headers.{name}");
        if !is_header(name) || OWN_HEADERS.contains(&name.to_lowercase().as_str()) {
            reader.fault(&field, "not_allowed", "is no header that a step may set");
        }
        templates.check_hidden(reader, &field, value);
    }
    let body = reader.take("body").cloned();
    if let Some(body) = &body {
        if method == "GET" || method == "HEAD" {
            reader.fault("body", "not_allowed", "has no meaning with this method");
        }
        check_body(reader, templates, body, 0);
    }
    let extract = texts(reader, "extract");
    for (name, pointer) in &extract {
        if !is_name(name) || !(pointer.is_empty() || pointer.starts_with('/')) {
            let detail = "must be a name and a JSON pointer such as /items/0/id";
            reader.fault(&format!("extract.{name}"), "invalid", detail);
        }
    }
    Some(RequestSpec {
        method,
        path,
        url,
        headers,
        body,
        expected_status: statuses(reader),
        extract,
    })
}

fn address(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    field: &'static str,
    starts: &[&str],
) -> Option<String> {
    let text = reader.optional_text(field, 1..=4000)?;
    templates.check(reader, field, &text);
    if !starts.iter().any(|start| text.starts_with(start)) || text.starts_with("//") {
        let detail = format!("must begin with {}", starts.join(" or "));
        reader.fault(field, "invalid", detail);
    }
    Some(text)
}

fn texts(reader: &mut Reader<'_, '_>, field: &'static str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let Some(value) = reader.take(field) else {
        return texts;
    };
    let Some(object) = value.as_object().filter(|object| object.len() <= MOST) else {
        let detail = format!("must be an object of at most {MOST} texts");
        reader.fault(field, "wrong_type", detail);
        return texts;
    };
    for (name, value) in object {
        let text = value
            .as_str()
            .filter(|text| !text.chars().any(char::is_control));
        match text {
            Some(text) => {
                texts.insert(name.clone(), text.to_owned());
            }
            None => reader.fault(&format!("{field}.{name}"), "wrong_type", "must be a line"),
        }
    }
    texts
}

fn is_header(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn check_body(
    reader: &mut Reader<'_, '_>,
    templates: &mut Templates<'_>,
    body: &Value,
    depth: u32,
) {
    if depth > DEEPEST {
        reader.fault("body", "too_many", "is nested too deep");
        return;
    }
    match body {
        Value::String(text) => templates.check_hidden(reader, "body", text),
        Value::Array(items) => {
            for item in items {
                check_body(reader, templates, item, depth + 1);
            }
        }
        Value::Object(fields) => {
            for field in fields.values() {
                check_body(reader, templates, field, depth + 1);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One status, or a list of them.
fn statuses(reader: &mut Reader<'_, '_>) -> Vec<u16> {
    let Some(value) = reader.take("expected_status") else {
        return Vec::new();
    };
    let one = std::slice::from_ref(value);
    let items = value.as_array().map_or(one, Vec::as_slice);
    let status = |item: &Value| {
        let status = item.as_u64().and_then(|status| u16::try_from(status).ok());
        status.filter(|status| (100..=599).contains(status))
    };
    let statuses: Option<Vec<u16>> = items.iter().map(status).collect();
    statuses
        .filter(|statuses| !statuses.is_empty() && statuses.len() <= MOST)
        .unwrap_or_else(|| {
            let detail = "must be a status from 100 to 599, or a list of them";
            reader.fault("expected_status", "invalid", detail);
            Vec::new()
        })
}
