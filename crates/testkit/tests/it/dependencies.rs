//! Who may import whom.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const SERVICES: [&str; 7] = [
    "auth",
    "users",
    "credentials",
    "targets",
    "jobs",
    "executor",
    "port-manager",
];

/// What each package may import of ours, beside the standing set of its kind.
const ALLOWED: &[(&str, &[&str])] = &[
    ("common", &[]),
    ("clients", &["common"]),
    ("remote", &["common"]),
    ("runlog", &[]),
    ("database", &["common"]),
    ("service-kit", &["common", "clients"]),
    ("testkit", &["common", "clients", "service-kit", "database"]),
    ("gateway", &["common", "clients", "service-kit"]),
    ("auth", &["common", "clients", "service-kit"]),
    ("users", &["common", "clients", "service-kit"]),
    ("credentials", &["common", "clients", "service-kit"]),
    ("targets", &["common", "clients", "service-kit", "remote"]),
    ("jobs", &["common", "clients", "service-kit", "runlog"]),
    (
        "executor",
        &["common", "clients", "service-kit", "remote", "runlog"],
    ),
    ("port-manager", &["common", "clients", "service-kit"]),
    ("suite-sim", &[]),
    // It starts an executor as a process of its own, built with places where it can be made to fail.
    (
        "chaos",
        &[
            "common",
            "clients",
            "service-kit",
            "database",
            "testkit",
            "executor",
        ],
    ),
];

/// Which service calls which, through `clients`. Every service also calls auth, through the kit.
const CALLS: &[(&str, &[&str])] = &[
    ("auth", &["users"]),
    ("users", &[]),
    ("credentials", &[]),
    ("targets", &["credentials"]),
    ("jobs", &["targets", "credentials"]),
    ("executor", &["credentials", "jobs"]),
    ("port-manager", &[]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Name of each package, with the packages of ours that it depends on outside of its tests.
fn ours() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names: BTreeSet<String> = packages
        .iter()
        .map(|package| text(&package["name"]))
        .collect();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let used = dependencies
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .map(|dependency| text(&dependency["name"]))
                .filter(|name| names.contains(name));
            (text(&package["name"]), used.collect())
        })
        .collect()
}

#[test]
fn packages_import_only_what_they_may() {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    for (package, used) in ours() {
        let allowed = allowed.get(package.as_str()).unwrap_or_else(|| {
            panic!("{package} is new: say in ALLOWED what it may import");
        });
        for name in used {
            assert!(
                allowed.contains(&name.as_str()),
                "{package} may not import {name}"
            );
        }
    }
}

#[test]
fn a_service_never_imports_a_service() {
    // The harness is no service: it starts one.
    for (package, used) in ours().into_iter().filter(|(package, _)| package != "chaos") {
        for service in SERVICES {
            assert!(
                !used.contains(service),
                "{package} imports the service {service}"
            );
        }
    }
}

#[test]
fn services_call_only_whom_they_may_and_in_no_circle() {
    let calls: BTreeMap<_, _> = CALLS.iter().copied().collect();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for service in SERVICES {
        let source = crate::size::rust_files(&format!("{root}/{service}/src"));
        for (path, text) in source {
            for other in ["users", "credentials", "targets", "jobs"] {
                if text.contains(&format!("clients::{other}")) {
                    assert!(calls[service].contains(&other), "{path} calls {other}");
                }
            }
        }
    }
    for service in SERVICES {
        assert!(
            !reaches(&calls, service, service),
            "{service} calls itself in the end"
        );
    }
}

fn reaches(calls: &BTreeMap<&str, &[&str]>, from: &str, to: &str) -> bool {
    calls[from]
        .iter()
        .any(|next| *next == to || reaches(calls, next, to))
}
