//! Whether the gateway leads to where the services are. Pure.

use std::net::IpAddr;

use serde_json::json;

use super::{Finding, Kind, Severity, World};
use crate::domain::record::{GATEWAY_SUITE, Service, platform_name};
use crate::gateway::{Report, Upstream};

/// Finds services that the gateway looks for at a wrong port, and what it says is wrong with itself.
pub(super) fn drift(world: &World<'_>) -> Vec<Finding> {
    let Some(report) = world.gateway else {
        return Vec::new();
    };
    let services = world.services.iter();
    let mut found: Vec<Finding> = services
        .filter_map(|service| strayed(world, report, service))
        .collect();
    found.extend(unserved(world, report));
    found
}

fn strayed(world: &World<'_>, report: &Report, service: &Service) -> Option<Finding> {
    let port = service.port.filter(|_| service.has_claim)?;
    let is_there = world.suite.name == GATEWAY_SUITE;
    let name = platform_name(&world.suite.name, &service.name)
        .or_else(|| is_there.then_some(service.name.as_str()))?;
    let upstream = report.upstreams.iter().find(|one| one.name == name)?;
    let host = service.host(world.suite, world.host_template);
    if upstream.port == port || !is_same_host(&upstream.host, &host) {
        return None;
    }
    let (name, place) = (&service.name, place(upstream));
    Some(Finding {
        kind: Kind::GatewayDrift,
        severity: Severity::High,
        port: Some(port),
        services: vec![name.clone()],
        detail: format!("the gateway sends {name} to {place}, but {name} holds {port}"),
        evidence: json!({"upstream": place, "generation": report.generation}),
    })
}

/// That nginx does not follow the gateway; told where the gateway belongs.
fn unserved(world: &World<'_>, report: &Report) -> Option<Finding> {
    let why = report.drift.as_ref()?;
    (world.suite.name == GATEWAY_SUITE).then(|| Finding {
        kind: Kind::GatewayDrift,
        severity: Severity::High,
        port: None,
        services: Vec::new(),
        detail: format!("the gateway does not serve what it is set to: {why}"),
        evidence: json!({"generation": report.generation}),
    })
}

fn place(upstream: &Upstream) -> String {
    let Upstream { host, port, .. } = upstream;
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Whether both are one host, as far as their names tell.
fn is_same_host(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (is_loopback(a) && is_loopback(b))
}

fn is_loopback(host: &str) -> bool {
    let number = host.parse().map(|address: IpAddr| address.is_loopback());
    number.unwrap_or_else(|_name| host.eq_ignore_ascii_case("localhost"))
}
