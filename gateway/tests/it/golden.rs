//! The files that nginx reads, compared with the ones in `tests/golden`.
//!
//! `UPDATE_GOLDEN=1` writes them anew; the change is then reviewed like code.

use std::path::{Path, PathBuf};

use common::secret::Secret;
use gateway::render::{Edge, Features, Hsts, Limits, Templates};
use gateway::services::{Address, SERVICES};

fn edge() -> Edge {
    Edge {
        https: vec![
            "127.0.0.1:8443".parse().unwrap(),
            "[::1]:8443".parse().unwrap(),
        ],
        http: vec![
            "127.0.0.1:8080".parse().unwrap(),
            "[::1]:8080".parse().unwrap(),
        ],
        admin_port: 3011,
        admin_key: Secret::new("0123456789abcdef".to_owned()),
        port_map: PathBuf::from("/var/lib/opsconductor/ports.map"),
        generations_dir: PathBuf::from("/var/lib/opsconductor/nginx"),
        modules_dir: Some(PathBuf::from("/usr/lib/nginx/modules")),
        status: Address::loopback(3010),
        services: SERVICES
            .iter()
            .map(|service| Address::loopback(service.default_port))
            .collect(),
        ui_dir: PathBuf::from("/srv/opsconductor/ui"),
        run_dir: PathBuf::from("/var/lib/opsconductor/run"),
        access_log: Some(PathBuf::from("/var/lib/opsconductor/logs/access.log")),
        worker_user: None,
        worker_processes: 2,
        worker_shutdown_seconds: 30,
        limits: Limits {
            login_rate: 5,
            login_burst: 10,
            api_rate: 50,
            api_burst: 100,
        },
        hsts: Hsts::Omitted,
        features: Features::default(),
    }
}

/// Trusted by browsers, which are told to remember, and with a new nginx.
fn modern_edge() -> Edge {
    Edge {
        https: vec!["0.0.0.0:443".parse().unwrap()],
        http: vec!["0.0.0.0:80".parse().unwrap()],
        access_log: None,
        modules_dir: None,
        worker_user: Some("www-data".to_owned()),
        hsts: Hsts::Sent,
        features: Features {
            lossless_reload: true,
            http2_directive: true,
        },
        ..edge()
    }
}

fn compare(edge: &Edge, folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder);
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let rendered = Templates::Embedded.render(edge, 42).unwrap();
    for (name, text) in rendered.iter().filter(|(path, _)| !path.contains('/')) {
        let path = folder.join(name);
        if update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(&golden, text, "{} differs", path.display());
    }
}

#[test]
fn the_usual_edge_renders_as_before() {
    compare(&edge(), "usual");
}

#[test]
fn an_edge_on_a_new_nginx_renders_as_before() {
    compare(&modern_edge(), "modern");
}

#[test]
fn every_snippet_that_is_there_is_rendered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nginx/snippets");
    let rendered = Templates::Embedded.render(&edge(), 1).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = format!("snippets/{}", entry.file_name().to_str().unwrap());
        assert!(
            rendered.contains_key(&path),
            "{path} is not carried by the binary"
        );
    }
}

#[test]
fn rendering_depends_on_nothing_but_the_settings() {
    let first = Templates::Embedded.render(&edge(), 7).unwrap();
    assert_eq!(Templates::Embedded.render(&edge(), 7).unwrap(), first);
}
