//! Testing whether a target can be reached and signed in to.

use std::time::{Duration, Instant};

use clients::http::ClientError;
use common::id::TargetId;
use common::model::credential::{ReleaseForTest, SecretData, SshSecret};
use common::model::target::Protocol;
use remote::{Auth, HostKeyPolicy, SshEndpoint, Timeouts};
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::caller::Caller;
use service_kit::db::violates;
use sqlx::PgConnection;

use crate::app::App;
use crate::config::Winrm;
use crate::domain::finding::{Failure, Finding, TestAnswer};
use crate::domain::host_key::Key;
use crate::domain::record::Target;
use crate::domain::target;
use crate::error::Error;
use crate::store;
use crate::store::checks::Check;

/// Tests the connection to a target of any protocol.
pub async fn test(app: &App, who: &Caller, id: TargetId) -> Result<TestAnswer, Error> {
    let target = target::get(app, id).await?;
    match target.protocol {
        Protocol::Ssh => Box::pin(test_ssh(app, who, target)).await,
        Protocol::Winrm => test_mock(app, &target),
        Protocol::Http => Err(Error::NotAvailable(Protocol::Http)),
    }
}

/// Tests the connection to a WinRM target.
pub async fn test_winrm(app: &App, id: TargetId) -> Result<TestAnswer, Error> {
    let target = target::get(app, id).await?;
    match target.protocol {
        Protocol::Winrm => test_mock(app, &target),
        Protocol::Ssh | Protocol::Http => Err(Error::NotWinrm(target.protocol)),
    }
}

fn test_mock(app: &App, target: &Target) -> Result<TestAnswer, Error> {
    match app.winrm {
        Winrm::Mock => Ok(TestAnswer::mock(target)),
        Winrm::NotAvailable => Err(Error::NotAvailable(Protocol::Winrm)),
    }
}

async fn test_ssh(app: &App, who: &Caller, target: Target) -> Result<TestAnswer, Error> {
    let Ok(_permit) = app.tests.try_acquire() else {
        return Err(Error::Busy);
    };
    let started = Instant::now();
    let finding = match endpoint(app, who, &target).await? {
        Ok(endpoint) => {
            let left = app.test_limit.saturating_sub(started.elapsed());
            probe(&endpoint, left, app.test_limit).await
        }
        Err(failure) => failure.into(),
    };
    let answer = TestAnswer::of(&target, &finding, started.elapsed());
    record(app, who, &target, &finding, &answer).await?;
    Ok(answer)
}

/// Tries all phases within the time that is left.
async fn probe(endpoint: &SshEndpoint, left: Duration, whole: Duration) -> Finding {
    // Together less than the whole, so that the phase that hangs is named.
    let limits = Timeouts {
        connect: whole / 4,
        auth: whole / 3,
    };
    let test = Box::pin(remote::test_connection(endpoint, &limits));
    match tokio::time::timeout(left, test).await {
        Ok(report) => Finding::of(report),
        Err(_elapsed) => Failure::new(
            "timeout",
            format!("the test did not end within {} seconds", whole.as_secs()),
            "Check the load of the target and of its directory or name server.",
        )
        .into(),
    }
}

/// Where to connect and as whom, or why that is not known.
async fn endpoint(
    app: &App,
    who: &Caller,
    target: &Target,
) -> Result<Result<SshEndpoint, Failure>, Error> {
    let Some(credential_id) = target.credential_ref else {
        return Ok(Err(Failure::new(
            "no_credential",
            "the target has no credential to sign in with",
            "Set credential_ref of the target to a credential of type ssh.",
        )));
    };
    let request = ReleaseForTest {
        credential_id,
        target_id: target.id,
        target_name: target.name.clone(),
    };
    let released = app.credentials.release_for_test(&request, &who.token).await;
    let secret = match released {
        Ok(released) => released.secret,
        Err(error) => return refusal(error).map(Err),
    };
    let mut conn = app.store.acquire().await?;
    let host_keys = store::host_keys::list_pinned(&mut conn, target.id).await?;
    Ok(user_and_auth(secret).map(|(user, auth)| SshEndpoint {
        host: target.hostname.clone(),
        port: target.port,
        user,
        auth,
        host_keys,
        policy: HostKeyPolicy::Pinned,
    }))
}

/// What a person can act on is a finding; the rest is an error.
fn refusal(error: ClientError) -> Result<Failure, Error> {
    match error {
        ClientError::Refused { problem, .. } if matches!(problem.status, 403 | 404 | 409 | 422) => {
            Ok(Failure::new(
                &problem.code,
                format!("the credential is not released: {}", problem.detail),
                "Check the credential of the target.",
            ))
        }
        ClientError::Refused { .. }
        | ClientError::Unavailable { .. }
        | ClientError::Malformed { .. } => Err(error.into()),
    }
}

fn user_and_auth(secret: SecretData) -> Result<(String, Auth), Failure> {
    let wrong = |kind: &str| {
        Err(Failure::new(
            "wrong_credential_type",
            format!("the credential is of type {kind}, which does not open SSH"),
            "Give the target a credential of type ssh.",
        ))
    };
    match secret {
        SecretData::Ssh(SshSecret {
            username,
            password,
            private_key,
            passphrase,
            become_password: _,
        }) => match (private_key, password) {
            (Some(pem), _) => Ok((username, Auth::PrivateKey { pem, passphrase })),
            (None, Some(password)) => Ok((username, Auth::Password(password))),
            (None, None) => wrong("ssh without key and password"),
        },
        SecretData::Winrm(_) => wrong("winrm"),
        SecretData::ApiKey(_) => wrong("api_key"),
    }
}

/// Keeps the result, the host key that was shown, and an audit row.
async fn record(
    app: &App,
    who: &Caller,
    target: &Target,
    finding: &Finding,
    answer: &TestAnswer,
) -> Result<(), Error> {
    let mut tx = app.store.begin().await?;
    write(&mut tx, app, (who, target), (finding, answer))
        .await
        .map_err(|error| {
            let gone = ["check_result_target_fk", "host_key_target_fk"];
            if gone.iter().any(|name| violates(&error, name)) {
                return Error::NotFound(target.id);
            }
            Error::Database(error)
        })?;
    Ok(tx.commit().await?)
}

async fn write(
    conn: &mut PgConnection,
    app: &App,
    (who, target): (&Caller, &Target),
    (finding, answer): (&Finding, &TestAnswer),
) -> Result<(), sqlx::Error> {
    let at = app.clock.now();
    let details = json!(answer.test.details);
    let phases = json!(answer.test.details.phases);
    let checked_by = who.user_id.to_string();
    let check = Check {
        at,
        ok: finding.ok,
        reason: finding.reason.as_deref(),
        message: &finding.message,
        phases: &phases,
        details: &details,
        checked_by: &checked_by,
    };
    store::checks::set(conn, target.id, check).await?;
    if let Some(shown) = &finding.host_key {
        let key = Key {
            algorithm: shown.algorithm.clone(),
            fingerprint: shown.fingerprint.clone(),
            public_key: Some(shown.public_key.clone()),
        };
        store::host_keys::offer(conn, target.id, &key, at).await?;
    }
    let fingerprint = finding.host_key.as_ref().map(|key| &key.fingerprint);
    let outcome = if finding.ok {
        Outcome::Ok
    } else {
        Outcome::Failed
    };
    let entry = Entry::by(who, "target.tested")
        .object("target", target.id, &target.name)
        .change(json!({"reason": finding.reason, "host_key": fingerprint}))
        .outcome(outcome);
    audit::record(conn, entry).await
}
