//! Steps that wait for time, a port or an answer.

use common::model::job::{Awaited, AwaitedHttp, AwaitedPort, StepSpec, WaitSpec};

use super::names::Templates;
use super::reader::Reader;
use super::step::LONGEST_SEC;

/// Reads what a step waits for.
pub(super) fn read(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<WaitSpec> {
    if reader.take("for").is_none() {
        reader.fault("for", "missing", "is needed");
    }
    let awaited = reader.inner("for", |inner| awaited(inner, templates))?;
    Some(WaitSpec { awaited })
}

fn awaited(mut reader: Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<Awaited> {
    let seconds = reader.integer("seconds", 0..=i64::from(LONGEST_SEC));
    let port = reader.inner("port", |inner| port(inner, templates));
    let http = reader.inner("http", |inner| http(inner, templates));
    let given = ["seconds", "port", "http"].map(|name| reader.take(name).is_some());
    if given.into_iter().filter(|given| *given).count() != 1 {
        let detail = "must be exactly one of seconds, port and http";
        reader.fault("seconds", "not_allowed", detail);
    }
    reader.finish(&[]);
    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
    let seconds = seconds.map(Awaited::Seconds);
    seconds
        .or(port.map(Awaited::Port))
        .or(http.map(Awaited::Http))
}

fn port(mut reader: Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<AwaitedPort> {
    let host = reader.optional_text("host", 1..=255);
    if let Some(host) = &host {
        templates.check(&mut reader, "host", host);
    }
    let port = reader.needed_integer("port", 1..=65_535);
    reader.finish(&[]);
    Some(AwaitedPort {
        host,
        port: port.and_then(|port| u16::try_from(port).ok())?,
    })
}

fn http(mut reader: Reader<'_, '_>, templates: &mut Templates<'_>) -> Option<AwaitedHttp> {
    let url = reader.text("url", 1..=2000);
    if let Some(url) = &url {
        templates.check(&mut reader, "url", url);
        if !["http://", "https://", "{{"]
            .iter()
            .any(|start| url.starts_with(start))
        {
            reader.fault("url", "invalid", "must begin with http:// or https://");
        }
    }
    let status = reader.integer("expected_status", 100..=599);
    reader.finish(&[]);
    Some(AwaitedHttp {
        url: url?,
        expected_status: status.and_then(|status| u16::try_from(status).ok()),
    })
}

/// Seconds that a step needs at least.
pub(super) fn shortest_timeout(spec: &StepSpec) -> i32 {
    match spec {
        StepSpec::Wait(WaitSpec {
            awaited: Awaited::Seconds(seconds),
        }) => i32::try_from(*seconds).unwrap_or(LONGEST_SEC).max(1),
        StepSpec::Wait(_)
        | StepSpec::HttpRequest(_)
        | StepSpec::Approval(_)
        | StepSpec::Job(_)
        | StepSpec::SshExec(_)
        | StepSpec::SshCopy(_)
        | StepSpec::SshFetch(_)
        | StepSpec::WinrmExec(_)
        | StepSpec::WinrmCopy(_) => 1,
    }
}
