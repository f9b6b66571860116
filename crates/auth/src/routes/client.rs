//! Who holds a refresh token: a program all of it, a browser one half in a cookie that no script reads.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use common::model::session::TokenPair;
use common::secret::Secret;
use service_kit::error::ApiError;

use crate::domain::token::CHANGING_CHARS;
use crate::error::Error;

/// Header by which the web UI asks for the cookie; no form and no link can send it.
const CLIENT: HeaderName = HeaderName::from_static("x-opsc-client");
/// Where the gateway says how it was reached.
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Where a browser says which site asks.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The cookie. Its prefix ties it to this host and to HTTPS (RFC 6265bis, section 4.1.3.2).
const COOKIE: &str = "__Host-opsc_rt";

/// How the client of a sign-in keeps its refresh token.
#[derive(Clone, Debug)]
pub(super) enum Client {
    /// It is given the whole token.
    Program,
    /// It is given one half; the other is in the cookie, here as it came.
    Browser(Option<Secret<String>>),
}

impl Client {
    /// The whole token, of what the body of a request holds.
    pub(super) fn whole(&self, given: &Secret<String>) -> Secret<String> {
        match self {
            Self::Program => given.clone(),
            Self::Browser(None) => Secret::new(String::new()),
            Self::Browser(Some(half)) => {
                Secret::new(format!("{}{}", half.expose(), given.expose()))
            }
        }
    }

    /// The answer that carries a new pair of tokens.
    pub(super) fn hand_over(&self, mut pair: TokenPair) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Self::Browser(_) = self {
            let shown = pair.refresh_token.split_off(CHANGING_CHARS);
            let hidden = std::mem::replace(&mut pair.refresh_token, shown);
            answer.insert_header((header::SET_COOKIE, cookie(&hidden)));
        }
        answer.json(pair)
    }
}

/// The value of `Set-Cookie`; it lasts as long as the browser runs.
fn cookie(value: &str) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The value of `Set-Cookie` that removes the cookie.
pub(super) fn no_cookie() -> String {
    format!("{}; Max-Age=0", cookie(""))
}

impl FromRequest for Client {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(read(req.headers()).map_err(ApiError::from))
    }
}

fn read(headers: &HeaderMap) -> Result<Client, Error> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let own = text(&header::HOST).map(|host| {
        let scheme = text(&PROTO).unwrap_or("http");
        format!("{scheme}://{host}")
    });
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let same_origin = origin.is_some() && origin == own.as_deref().map(str::as_bytes);
    let same_site = text(&FETCH_SITE).is_none_or(|site| site == "same-origin");
    match (text(&CLIENT), origin) {
        (Some("browser"), _) if same_origin && same_site => Ok(Client::Browser(find(headers))),
        (None, None) => Ok(Client::Program),
        (None, Some(_)) if same_origin => Ok(Client::Program),
        (_, _) => Err(Error::ForeignOrigin),
    }
}

/// The value of our cookie; of several, none.
fn find(headers: &HeaderMap) -> Option<Secret<String>> {
    let mut found = headers
        .get_all(header::COOKIE)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    let value = found.next()?;
    found
        .next()
        .is_none()
        .then(|| Secret::new(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        map
    }

    type Sent = &'static [(&'static str, &'static str)];

    /// What is sent beside `Host: localhost:8443`, and what the client is then taken for.
    const CLIENTS: [(Sent, Option<&str>); 12] = [
        (&[], Some("program")),
        (&[HTTPS, OWN], Some("program")),
        (&[HTTPS, BROWSER, OWN], Some("browser")),
        (&[BROWSER, PLAIN], Some("browser")),
        (&[HTTPS, ("origin", "https://evil.example")], None),
        (&[HTTPS, BROWSER], None),
        (&[HTTPS, BROWSER, ("origin", "https://localhost")], None),
        (&[HTTPS, BROWSER, PLAIN], None),
        (&[HTTPS, BROWSER, ("origin", "null")], None),
        (&[BROWSER, ("origin", "null")], None),
        (&[HTTPS, ("x-opsc-client", "other"), OWN], None),
        (
            &[HTTPS, BROWSER, OWN, ("sec-fetch-site", "cross-site")],
            None,
        ),
    ];
    const HTTPS: (&str, &str) = ("x-forwarded-proto", "https");
    const BROWSER: (&str, &str) = ("x-opsc-client", "browser");
    const OWN: (&str, &str) = ("origin", "https://localhost:8443");
    const PLAIN: (&str, &str) = ("origin", "http://localhost:8443");

    #[test]
    fn a_browser_of_another_origin_is_refused() {
        for (sent, expected) in CLIENTS {
            let mut all = vec![("host", "localhost:8443")];
            all.extend(sent);
            let found = read(&headers(&all)).ok().map(|client| match client {
                Client::Program => "program",
                Client::Browser(_) => "browser",
            });
            assert_eq!(found, expected, "{sent:?}");
        }
    }

    #[test]
    fn one_cookie_counts_and_two_do_not() {
        for (lines, expected) in [
            (&["a=1; __Host-opsc_rt=half; b=2"][..], Some("half")),
            (&["__Host-opsc_rtx=half"], None),
            (&["__Host-opsc_rt=one; __Host-opsc_rt=two"], None),
            (&["__Host-opsc_rt=one", "__Host-opsc_rt=two"], None),
            (&[], None),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
            let found = find(&headers(&lines));
            assert_eq!(found.as_ref().map(|half| half.expose().as_str()), expected);
        }
    }
}
