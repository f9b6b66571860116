//! An HTTP answer, with the checks that tests make on it.

use common::problem::{CONTENT_TYPE, Problem};
use serde_json::Value;

/// What a service answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(answer: reqwest::Response) -> Self {
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        Self {
            status,
            headers,
            text: answer.text().await.expect("body is text"),
        }
    }

    /// The body as JSON, whatever the status.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The body, if the status is `status`.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "body: {}", self.text);
        self.json()
    }

    /// The problem, if status and code are these.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "body: {}", self.text);
        let kind = self
            .headers
            .get("content-type")
            .map(|kind| kind.to_str().expect("text"));
        assert_eq!(kind, Some(CONTENT_TYPE));
        let problem: Problem = serde_json::from_str(&self.text).expect("problem");
        assert_eq!(problem.code, code, "body: {}", self.text);
        assert_eq!(problem.status, status);
        assert!(problem.request_id.is_some(), "no request id: {}", self.text);
        problem
    }

    /// The problem of wrong input, if it names `field`.
    #[track_caller]
    pub fn wrong_field(&self, field: &str) -> Problem {
        let problem = self.problem(400, "request.invalid");
        let named: Vec<_> = problem
            .errors
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert!(
            named.contains(&field),
            "{field} is not among {named:?}: {}",
            self.text
        );
        problem
    }
}
