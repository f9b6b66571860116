//! Steps that write a file: whose it is, and where its content comes from.

use std::os::unix::fs::MetadataExt;

use serde_json::json;

use crate::bench::Bench;
use crate::http::Server;
use crate::step::Step;

/// SHA-256 of `hello`.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// A copy of what is at an address.
fn fetched(bench: &Bench, url: &str) -> Step {
    let spec = json!({"destPath": bench.path("file"), "fromUrl": url, "overwrite": true});
    bench.step("ssh.copy", spec)
}

#[tokio::test]
async fn content_is_fetched_and_checked() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let server = Server::start("200 OK", "hello").await;
    let hop = format!("302 Found\r\nlocation: {}", server.url("/there"));
    let redirect = Server::start(hop.leak(), "").await;
    let step = fetched(&bench, &redirect.url("/a?b={{ who }}"))
        .spec("sha256", HELLO.into())
        .spec("mode", "0600".into());
    let run = bench.run_with(&[step], json!({"who": "x y"})).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let file = std::fs::read_to_string(bench.path("file")).unwrap();
    assert_eq!(file, "hello");
    assert!(redirect.asked()[0].starts_with("GET /a?b=x%20y HTTP/1.1"));
    assert!(server.asked()[0].starts_with("GET /there HTTP/1.1"));
}

#[tokio::test]
async fn what_cannot_be_fetched_is_not_written() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let server = Server::start("200 OK", "hallo").await;
    let gone = Server::start("404 Not Found", "").await;
    let long = Server::start("200 OK", "x".repeat((16 << 20) + 1)).await;
    let circle = Server::start("307 Temporary Redirect\r\nlocation: /", "").await;
    for (step, reason) in [
        (
            fetched(&bench, &server.url("/")).spec("sha256", HELLO.into()),
            "checksum_mismatch",
        ),
        (fetched(&bench, &gone.url("/")), "http_status"),
        (fetched(&bench, &long.url("/")), "too_long"),
        (fetched(&bench, &circle.url("/")), "http_status"),
        (fetched(&bench, "http://127.0.0.1:1/"), "unreachable"),
    ] {
        let step = bench.outcome(step).await;
        assert_eq!(
            (step.end(), step.is_sent),
            (("failed", Some(reason)), false),
            "{}",
            step.err()
        );
    }
    assert!(!std::path::Path::new(&bench.path("file")).exists());
    assert_eq!(circle.asked().len(), 6);
}

#[tokio::test]
async fn a_file_gets_its_owner() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let me = std::fs::metadata(bench.path(".")).unwrap().uid();
    // Only root may give files away.
    let (owner, uid) = match me {
        0 => ("nobody".to_owned(), 65534),
        other => (bench.sshd.user().to_owned(), other),
    };
    let path = bench.path("owned");
    let step = bench.copy(&path, "aGk=").spec("owner", owner.into());
    assert_eq!(bench.outcome(step).await.end(), ("succeeded", None));
    assert_eq!(std::fs::metadata(&path).unwrap().uid(), uid);
    let step = bench
        .copy(&path, "aGk=")
        .spec("owner", "nobody-at-all".into());
    let step = bench.outcome(step).await;
    assert_eq!(step.end(), ("failed", Some("owner_refused")));
}
