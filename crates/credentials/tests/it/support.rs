//! A running service with a key, and data to store in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use credentials::config::{Config, KeySources, Reveal};
use credentials::{SERVICE, build_with};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::app::{Parts, TestApp, parts};

/// A key, in hex.
pub(crate) const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// Another key, in base64.
pub(crate) const OTHER_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

/// A service with its key files.
pub(crate) struct Vault {
    /// The service.
    pub(crate) app: TestApp,
    /// Where the key files are.
    pub(crate) folder: TempDir,
}

impl Vault {
    /// Path of a key file.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl std::ops::Deref for Vault {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(path: &Path, content: impl AsRef<[u8]>) {
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A service whose key file holds [`KEY`].
pub(crate) async fn open() -> Vault {
    open_on(parts(SERVICE).await, Some(KEY), Reveal::Allowed).await
}

/// A service whose key file holds `key`, or that has none.
pub(crate) async fn open_on(parts: Parts, key: Option<&str>, reveal: Reveal) -> Vault {
    let folder = tempfile::tempdir().unwrap();
    let kek_file = key.map(|key| {
        let path = folder.path().join("kek");
        write_private(&path, key);
        path
    });
    let keys = KeySources {
        kek_file,
        passphrase_file: None,
    };
    Vault {
        app: start(parts, keys, reveal).await,
        folder,
    }
}

/// A service with these settings.
pub(crate) async fn start(parts: Parts, keys: KeySources, reveal: Reveal) -> TestApp {
    let build = async |kit: service_kit::service::Kit| {
        let common = kit.config.clone();
        build_with(
            kit,
            Config {
                common,
                keys,
                reveal,
            },
        )
        .await
    };
    TestApp::start(parts, build).await
}

/// Data of an SSH credential with this password.
pub(crate) fn ssh(name: &str, password: &str) -> Value {
    json!({
        "name": name,
        "credential_type": "ssh",
        "credential_data": { "username": "root", "password": password },
    })
}

/// Stores a credential; gives its id.
pub(crate) async fn create(app: &TestApp, name: &str, password: &str) -> i64 {
    let made = app
        .operator()
        .post("/credentials", ssh(name, password))
        .await
        .expect(201);
    made["id"].as_i64().unwrap()
}

/// The data of a credential, as an admin sees it.
pub(crate) async fn reveal(app: &TestApp, id: i64) -> Value {
    let path = format!("/credentials/{id}/decrypt?reason=test");
    app.admin().get(&path).await.expect(200)["credential_data"].clone()
}
