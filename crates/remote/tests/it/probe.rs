use remote::{Auth, Phase, PhaseName, Report, SshEndpoint, Timeouts, test_connection};
use tokio::net::TcpListener;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::{endpoint, endpoint_at, key_auth, pin_of, short};

fn failed(report: &Report) -> &Phase {
    assert!(!report.ok && report.facts.is_none());
    let at = report.phases.iter().position(|phase| !phase.ok).unwrap();
    let (before, after) = report.phases.split_at(at);
    assert!(
        before
            .iter()
            .all(|phase| phase.ok && phase.remedy.is_none())
    );
    assert!(
        after
            .iter()
            .skip(1)
            .all(|phase| phase.skipped && phase.ms == 0),
        "{report:?}"
    );
    assert_eq!(report.phases.len(), 5);
    let phase = after.first().unwrap();
    assert!(!phase.skipped && phase.remedy.is_some(), "{phase:?}");
    phase
}

#[tokio::test]
async fn a_good_target_passes_every_phase_and_tells_its_facts() {
    let server = Sshd::start().await;
    let report = test_connection(&endpoint(&server), &Timeouts::default()).await;
    assert!(report.ok, "{report:?}");
    let names: Vec<PhaseName> = report.phases.iter().map(|phase| phase.name).collect();
    let all = [
        PhaseName::Resolve,
        PhaseName::Connect,
        PhaseName::HostKey,
        PhaseName::Auth,
        PhaseName::Command,
    ];
    assert_eq!(names, all);
    assert!(report.phases.iter().all(|phase| phase.ok && !phase.skipped));
    assert_eq!(
        report.offered_host_key.unwrap().pin(),
        pin_of(&server, "ed25519")
    );
    let facts = report.facts.unwrap();
    assert_eq!(facts.whoami, server.user());
    assert!(facts.os.starts_with("Linux"), "{facts:?}");
    assert!(facts.shell.starts_with('/'), "{facts:?}");
    assert!(!facts.hostname.is_empty());
}

#[tokio::test]
async fn an_unknown_host_key_is_offered_for_acceptance() {
    let server = Sshd::start().await;
    let unpinned = SshEndpoint {
        host_keys: Vec::new(),
        ..endpoint(&server)
    };
    let report = test_connection(&unpinned, &Timeouts::default()).await;
    let phase = failed(&report);
    assert_eq!(
        (phase.name, phase.reason.as_deref()),
        (PhaseName::HostKey, Some("host_key_unknown"))
    );
    assert_eq!(
        report.offered_host_key.unwrap().pin(),
        pin_of(&server, "ed25519")
    );
}

#[tokio::test]
async fn a_changed_host_key_shows_the_new_one() {
    let mut server = Sshd::start().await;
    let endpoint = endpoint(&server);
    server.renew_host_keys().await;
    let report = test_connection(&endpoint, &Timeouts::default()).await;
    let phase = failed(&report);
    assert_eq!(
        (phase.name, phase.reason.as_deref()),
        (PhaseName::HostKey, Some("host_key_mismatch"))
    );
    assert_eq!(
        report.offered_host_key.unwrap().pin(),
        pin_of(&server, "ed25519")
    );
}

#[tokio::test]
async fn a_wrong_key_fails_at_the_login() {
    let server = Sshd::start().await;
    for (pem, reason) in [
        (server.stranger_key(), "auth_failed"),
        ("junk".to_owned(), "bad_key"),
    ] {
        let endpoint = SshEndpoint {
            auth: key_auth(pem),
            ..endpoint(&server)
        };
        let report = test_connection(&endpoint, &Timeouts::default()).await;
        let phase = failed(&report);
        assert_eq!(
            (phase.name, phase.reason.as_deref()),
            (PhaseName::Auth, Some(reason))
        );
        assert!(report.offered_host_key.is_some());
    }
}

#[tokio::test]
async fn a_silent_port_fails_at_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = endpoint_at(port, Auth::Password("x".to_owned().into()));
    let report = test_connection(&endpoint, &short()).await;
    let phase = failed(&report);
    assert_eq!(
        (phase.name, phase.reason.as_deref()),
        (PhaseName::Connect, Some("connect_timeout"))
    );
    assert!(phase.ms >= 500, "{phase:?}");

    drop(listener);
    let report = test_connection(&endpoint, &short()).await;
    let phase = failed(&report);
    assert_eq!(
        (phase.name, phase.reason.as_deref()),
        (PhaseName::Connect, Some("connect_refused"))
    );
}

#[tokio::test]
async fn an_account_without_a_shell_fails_at_the_command() {
    let options = SshdOptions {
        config: vec!["ForceCommand echo go away >&2; exit 1".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let report = test_connection(&endpoint(&server), &Timeouts::default()).await;
    let phase = failed(&report);
    assert_eq!(
        (phase.name, phase.reason.as_deref()),
        (PhaseName::Command, Some("no_shell"))
    );
    assert!(phase.detail.contains("go away"), "{phase:?}");
}

#[tokio::test]
async fn a_report_is_plain_json() {
    let mut endpoint = endpoint_at(22, Auth::Password("hunter2".to_owned().into()));
    endpoint.host = "no-such-host.invalid".to_owned();
    let report = test_connection(&endpoint, &short()).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json.pointer("/phases/0/name").unwrap(), "resolve");
    assert_eq!(json.pointer("/phases/0/reason").unwrap(), "resolve_failed");
    assert_eq!(json.pointer("/phases/4/skipped").unwrap(), true);
    assert!(!json.to_string().contains("hunter2"));
    assert!(!format!("{endpoint:?}").contains("hunter2"));
}
