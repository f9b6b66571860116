use std::time::{Duration, Instant};

use remote::{Auth, BadKey, ConnectError, HostKeyPolicy, SshConnection, SshEndpoint, Timeouts};
use tokio::net::TcpListener;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::{endpoint, endpoint_at, key_auth, pin_of, sh, short};

async fn refused(endpoint: &SshEndpoint) -> ConnectError {
    SshConnection::connect(endpoint, &Timeouts::default())
        .await
        .unwrap_err()
}

fn was_authentication_tried(server: &Sshd) -> bool {
    server.log().contains("userauth-request")
}

/// The log is written by another process, which may lag behind.
async fn wait_for_log(server: &Sshd, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !server.log().contains(text) {
        assert!(Instant::now() < deadline, "no {text:?} in {}", server.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn ed25519_and_ecdsa_keys_open_the_server() {
    let server = Sshd::start().await;
    for kind in ["ed25519", "ecdsa"] {
        let mut endpoint = endpoint(&server);
        endpoint.auth = key_auth(server.accepted_key(kind, ""));
        let connection = SshConnection::connect(&endpoint, &Timeouts::default())
            .await
            .unwrap();
        assert_eq!(
            sh(&connection, "echo in").await,
            (0, "in\n".to_owned()),
            "{kind}"
        );
    }
    assert!(was_authentication_tried(&server));
}

#[tokio::test]
async fn a_key_with_a_passphrase_opens_the_server() {
    let server = Sshd::start().await;
    let pem = server.accepted_key("ed25519", "open sesame");
    let with = |passphrase: Option<&str>| SshEndpoint {
        auth: Auth::PrivateKey {
            pem: pem.clone().into(),
            passphrase: passphrase.map(|text| text.to_owned().into()),
        },
        ..endpoint(&server)
    };
    let right = with(Some("open sesame"));
    SshConnection::connect(&right, &Timeouts::default())
        .await
        .unwrap();
    let wrong = refused(&with(Some("open barley"))).await;
    assert_eq!(wrong, ConnectError::BadKey(BadKey::WrongPassphrase));
    assert_eq!(
        refused(&with(None)).await,
        ConnectError::BadKey(BadKey::NeedsPassphrase)
    );
}

#[tokio::test]
async fn keys_of_openssl_open_the_server() {
    let server = Sshd::start().await;
    let openssl = |line: &str| {
        let output = std::process::Command::new("openssl")
            .args(line.split(' '))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for (pem, passphrase) in [
        (openssl("genpkey -algorithm ed25519"), None),
        (
            openssl("genpkey -algorithm ed25519 -aes256 -pass pass:sesame"),
            Some("sesame"),
        ),
        (
            openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
            None,
        ),
        (openssl("ecparam -name prime256v1 -genkey -noout"), None),
    ] {
        let key = russh::keys::decode_secret_key(&pem, passphrase).unwrap();
        server.accept(&key.public_key().to_openssh().unwrap());
        let passphrase = passphrase.map(|text| text.to_owned().into());
        let auth = Auth::PrivateKey {
            pem: pem.into(),
            passphrase,
        };
        let endpoint = SshEndpoint {
            auth,
            ..endpoint(&server)
        };
        SshConnection::connect(&endpoint, &Timeouts::default())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_no_usable_key_is_named() {
    let server = Sshd::start().await;
    let bad = |pem: &str| SshEndpoint {
        auth: key_auth(pem.to_owned()),
        ..endpoint(&server)
    };
    for text in [
        "",
        "hello",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ] {
        assert_eq!(
            refused(&bad(text)).await,
            ConnectError::BadKey(BadKey::Unreadable),
            "{text}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rsa");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let error = refused(&bad(&std::fs::read_to_string(&path).unwrap())).await;
    assert!(
        matches!(error, ConnectError::BadKey(BadKey::Unsupported(_))),
        "{error}"
    );
}

#[tokio::test]
async fn a_stranger_is_refused_and_told_what_is_offered() {
    let server = Sshd::start().await;
    let stranger = SshEndpoint {
        auth: key_auth(server.stranger_key()),
        ..endpoint(&server)
    };
    let expected = ConnectError::AuthFailed {
        tried: vec!["publickey".to_owned()],
        offered: vec!["publickey".to_owned()],
    };
    assert_eq!(refused(&stranger).await, expected);
    let with_password = SshEndpoint {
        auth: Auth::Password("x".to_owned().into()),
        ..endpoint(&server)
    };
    assert_eq!(refused(&with_password).await.reason(), "auth_failed");
}

#[tokio::test]
async fn an_unknown_host_key_is_reported_before_any_login() {
    let server = Sshd::start().await;
    let unpinned = SshEndpoint {
        host_keys: Vec::new(),
        ..endpoint(&server)
    };
    let error = refused(&unpinned).await;
    let ConnectError::HostKeyUnknown { offered } = &error else {
        panic!("{error}")
    };
    assert_eq!(offered.pin(), pin_of(&server, "ed25519"));
    assert!(
        offered.public_key.starts_with("ssh-ed25519 AAAA"),
        "{offered:?}"
    );
    wait_for_log(&server, "preauth").await;
    assert!(!was_authentication_tried(&server), "{}", server.log());

    let trusting = SshEndpoint {
        policy: HostKeyPolicy::AcceptFirst,
        ..unpinned
    };
    let connection = SshConnection::connect(&trusting, &Timeouts::default())
        .await
        .unwrap();
    assert_eq!(connection.host_key(), offered);
}

#[tokio::test]
async fn a_changed_host_key_is_refused_before_any_login() {
    let mut server = Sshd::start().await;
    let endpoint = endpoint(&server);
    server.renew_host_keys().await;
    for policy in [HostKeyPolicy::Pinned, HostKeyPolicy::AcceptFirst] {
        let error = refused(&SshEndpoint {
            policy,
            ..endpoint.clone()
        })
        .await;
        let ConnectError::HostKeyMismatch { expected, offered } = &error else {
            panic!("{error}")
        };
        assert_eq!(*expected, endpoint.host_keys);
        assert_eq!(offered.pin(), pin_of(&server, "ed25519"));
    }
    wait_for_log(&server, "preauth").await;
    assert!(!was_authentication_tried(&server), "{}", server.log());
}

#[tokio::test]
async fn a_pinned_type_is_asked_for_first() {
    let options = SshdOptions {
        host_keys: vec!["ed25519", "ecdsa"],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    for kind in ["ed25519", "ecdsa"] {
        let pinned = SshEndpoint {
            host_keys: vec![pin_of(&server, kind)],
            ..endpoint(&server)
        };
        let connection = SshConnection::connect(&pinned, &Timeouts::default())
            .await
            .unwrap();
        assert_eq!(connection.host_key().pin(), pin_of(&server, kind));
    }
}

#[tokio::test]
async fn a_server_with_rsa_host_keys_only_has_nothing_in_common() {
    let options = SshdOptions {
        host_keys: vec!["rsa"],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let unpinned = endpoint_at(server.port(), key_auth(server.stranger_key()));
    let error = refused(&unpinned).await;
    assert_eq!(error.reason(), "kex_failed", "{error}");
    assert!(error.remedy().contains("Ed25519"));
}

#[tokio::test]
async fn nobody_listening_is_a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = refused(&endpoint_at(port, Auth::Password("x".to_owned().into()))).await;
    assert_eq!(error.reason(), "connect_refused", "{error}");
}

#[tokio::test]
async fn a_name_without_an_address_is_not_resolved() {
    let mut endpoint = endpoint_at(22, Auth::Password("x".to_owned().into()));
    endpoint.host = "no-such-host.invalid".to_owned();
    let error = SshConnection::connect(&endpoint, &short())
        .await
        .unwrap_err();
    assert_eq!(error.reason(), "resolve_failed", "{error}");
}
