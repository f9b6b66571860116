//! Bodies, queries and paths in; JSON out. What is wrong is answered by field.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use common::problem::FieldError;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// A JSON body, in or out.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = req.headers().get(CONTENT_TYPE).is_none_or(|kind| {
            kind.to_str()
                .is_ok_and(|kind| kind.to_ascii_lowercase().contains("json"))
        });
        let body = Bytes::from_request(req, payload);
        async move {
            if !is_json {
                return Err(ApiError::new(
                    actix_web::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "request.not_json",
                    "the body must be sent as Content-Type: application/json",
                ));
            }
            let body = body.await.map_err(|error| body_error(&error))?;
            parse(&body).map(Self)
        }
        .boxed_local()
    }
}

/// A body as text, whatever it is said to be.
#[derive(Clone, Debug)]
pub struct Text(pub String);

impl FromRequest for Text {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(req, payload);
        async move {
            let body = body.await.map_err(|error| body_error(&error))?;
            let text = String::from_utf8(body.to_vec());
            text.map(Self).map_err(|_error| {
                ApiError::bad_request("request.not_text", "the body must be UTF-8 text")
            })
        }
        .boxed_local()
    }
}

fn body_error(error: &actix_web::Error) -> ApiError {
    let status = error.as_response_error().status_code();
    if status == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(
            status,
            "request.too_large",
            "the body is larger than this route takes",
        );
    }
    ApiError::bad_request(
        "request.unreadable",
        "the body could not be read to its end",
    )
}

/// Reads a JSON object; an empty text counts as `{}`. A list in its place, which serde would take as
/// the fields in order, is refused.
///
/// # Errors
/// 400 that names the field.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, ApiError> {
    let text = if text.trim_ascii().is_empty() {
        b"{}".as_slice()
    } else {
        text
    };
    let is_list = text.trim_ascii_start().first() == Some(&b'[');
    if is_list && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok() {
        return Err(ApiError::field("body", "wrong_type", "must be an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let malformed = inner.is_syntax() || inner.is_eof();
        // Some wrong types are reported as wrong syntax: a number where a word is expected.
        if malformed && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err() {
            return ApiError::bad_request(
                "request.malformed_json",
                format!(
                    "the body is no JSON: line {} column {}",
                    inner.line(),
                    inner.column()
                ),
            );
        }
        ApiError::invalid(vec![field_error(&path, &inner.to_string())])
    })?;
    reader.end().map_err(|error| {
        ApiError::bad_request(
            "request.malformed_json",
            format!(
                "something follows the JSON at line {} column {}",
                error.line(),
                error.column()
            ),
        )
    })?;
    Ok(value)
}

/// Turns serde's message into a field error, without the value: it can be a secret.
fn field_error(path: &str, message: &str) -> FieldError {
    let message = message.split(" at line ").next().unwrap_or(message);
    let root = path == ".";
    let named = message.split('`').nth(1).unwrap_or_default();
    let within = |name: &str| match (root, path.ends_with(name)) {
        (true, _) => name.to_owned(),
        (false, true) => path.to_owned(),
        (false, false) => format!("{path}.{name}"),
    };
    let expected = || {
        message
            .split_once("expected ")
            .map_or("another value", |(_, what)| what)
    };
    if message.starts_with("missing field") {
        FieldError::new(within(named), "missing", "is needed")
    } else if message.starts_with("unknown field") {
        let known = message
            .split_once("expected ")
            .map_or("no field at all", |(_, what)| what);
        FieldError::new(
            within(named),
            "unknown",
            format!("is not known here; known: {known}"),
        )
    } else if message.starts_with("duplicate field") {
        FieldError::new(within(named), "duplicate", "is given twice")
    } else if message.starts_with("unknown variant") {
        FieldError::new(path, "not_allowed", format!("must be {}", expected()))
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let field = if root { "body" } else { path };
        FieldError::new(field, "wrong_type", format!("must be {}", expected()))
    } else {
        let field = if root { "body" } else { path };
        FieldError::new(field, "invalid", "has a value that cannot be used")
    }
}

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, _req: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.0) {
            Ok(body) => HttpResponse::Ok()
                .content_type("application/json")
                .body(body),
            Err(error) => actix_web::ResponseError::error_response(&ApiError::internal(error)),
        }
    }
}

/// A JSON answer that is text already, such as one that is kept for several requests.
#[derive(Clone, Debug)]
pub struct Rendered(pub Bytes);

impl Responder for Rendered {
    type Body = BoxBody;

    fn respond_to(self, _req: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("application/json")
            .body(self.0)
    }
}

/// A JSON answer with the status 201.
#[derive(Clone, Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let mut answer = Json(self.0).respond_to(req);
        if answer.status().is_success() {
            *answer.status_mut() = actix_web::http::StatusCode::CREATED;
        }
        answer
    }
}

/// The query of the address.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(
            req.query_string().as_bytes(),
        ));
        ready(
            serde_path_to_error::deserialize(pairs)
                .map(Self)
                .map_err(|error| {
                    let path = error.path().to_string();
                    let message = error.into_inner().to_string();
                    let found = field_error(&path, &message);
                    let detail = if found.code == "invalid" {
                        message_for_query(&message)
                    } else {
                        found.detail
                    };
                    ApiError::invalid(vec![FieldError::new(
                        found.field.replace("body", "query"),
                        found.code,
                        detail,
                    )])
                }),
        )
    }
}

/// Says what a number or word should have been, without repeating it.
fn message_for_query(message: &str) -> String {
    if message.contains("digit") || message.contains("number") {
        return "must be a whole number".to_owned();
    }
    "has a value that cannot be used".to_owned()
}

/// The parts of the path.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        #[expect(clippy::disallowed_types, reason = "the one place that wraps it")]
        let parsed = actix_web::web::Path::<T>::extract(req).into_inner();
        ready(
            parsed
                .map(|path| Self(path.into_inner()))
                .map_err(|_malformed| {
                    let names: Vec<&str> = req.match_info().iter().map(|(name, _)| name).collect();
                    ApiError::field(names.join(", "), "wrong_type", "must be a whole number")
                }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Inner {
        port: u16,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Vec<Inner>,
        #[serde(default)]
        kind: Option<Kind>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        One,
    }

    fn fault(text: &str) -> (String, String) {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err().problem();
        match problem.errors.as_slice() {
            [one] => (one.field.clone(), one.code.clone()),
            _ => (problem.code, String::new()),
        }
    }

    #[test]
    fn a_fault_names_its_field() {
        let cases = [
            (r#"{"name":"a","kind":7}"#, "kind", "invalid"),
            ("{}", "name", "missing"),
            (r#" ["a"]"#, "body", "wrong_type"),
            ("", "name", "missing"),
            (r#"{"name":1}"#, "name", "wrong_type"),
            (r#"{"name":"a","nope":1}"#, "nope", "unknown"),
            (r#"{"name":"a","name":"b"}"#, "name", "duplicate"),
            (
                r#"{"name":"a","inner":[{"port":70000}]}"#,
                "inner[0].port",
                "wrong_type",
            ),
            (r#"{"name":"a","inner":[{"x":1}]}"#, "inner[0].x", "unknown"),
            (r#"{"name":"a","inner":[{}]}"#, "inner[0].port", "missing"),
            (r#"{"name":"#, "request.malformed_json", ""),
            (r#"{"name":"a"} x"#, "request.malformed_json", ""),
        ];
        for (text, field, code) in cases {
            let (got_field, got_code) = fault(text);
            assert_eq!(
                (got_field.as_str(), got_code.as_str()),
                (field, code),
                "{text}"
            );
        }
    }

    #[test]
    fn a_fault_does_not_repeat_the_value() {
        let problem = parse::<Outer>(br#"{"name":"a","inner":"hunter2"}"#)
            .unwrap_err()
            .problem();
        assert!(!serde_json::to_string(&problem).unwrap().contains("hunter2"));
    }
}
