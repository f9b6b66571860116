//! Servers other than OpenSSH: with passwords, with bad manners, and Dropbear.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use remote::{
    Auth, Collected, Command, ConnectError, ExecError, Shell, SshConnection, SshEndpoint, Stage,
    Timeouts,
};
use russh::keys::{Algorithm, PrivateKey};
use russh::server::{self, Auth as Verdict, ChannelOpenHandle, Msg, Response, Session};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{endpoint_at, key_auth, short};

/// How a server behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manners {
    /// Takes the password `sesame`; its commands end without a status.
    Password,
    /// Takes the password `sesame` only as an answer to a question.
    Prompt,
    /// Never decides about a login.
    HangInLogin,
    /// Breaks the connection in the middle of a login.
    DropInLogin,
    /// Never answers to the wish for a command.
    HangInExec,
}

struct Server(Manners);

impl server::Handler for Server {
    type Error = russh::Error;

    async fn auth_password(&mut self, _user: &str, password: &str) -> Result<Verdict, Self::Error> {
        match self.0 {
            Manners::Prompt => Ok(only(MethodKind::KeyboardInteractive)),
            Manners::HangInLogin => std::future::pending().await,
            Manners::DropInLogin => Err(russh::Error::Disconnect),
            Manners::Password | Manners::HangInExec => Ok(if password == "sesame" {
                Verdict::Accept
            } else {
                only(MethodKind::Password)
            }),
        }
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Verdict, Self::Error> {
        let Some(mut answers) = response else {
            return Ok(Verdict::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            });
        };
        let is_right = answers
            .next()
            .is_some_and(|answer| answer.as_ref() == b"sesame");
        Ok(if is_right {
            Verdict::Accept
        } else {
            only(MethodKind::KeyboardInteractive)
        })
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.0 != Manners::HangInExec {
            session.channel_success(channel)?;
            session.data(channel, "bye\n".as_bytes().to_vec())?;
            session.close(channel)?;
        }
        Ok(())
    }
}

fn only(method: MethodKind) -> Verdict {
    Verdict::Reject {
        proceed_with_methods: Some(MethodSet::from([method].as_slice())),
        partial_success: false,
    }
}

/// A server that is gone when dropped.
struct Running {
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[expect(clippy::disallowed_methods, reason = "the server ends with its test")]
async fn serve(manners: Manners) -> Running {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let config = Arc::new(server::Config {
        keys: vec![key],
        auth_rejection_time: Duration::ZERO,
        ..server::Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut sessions = Vec::new();
        while let Ok((tcp, _from)) = listener.accept().await {
            sessions.push(server::run_stream(Arc::clone(&config), tcp, Server(manners)).await);
        }
    });
    Running { port, task }
}

/// Says `greeting` to everybody and then nothing more.
#[expect(clippy::disallowed_methods, reason = "the server ends with its test")]
async fn say(greeting: &'static str) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        while let Ok((mut tcp, _from)) = listener.accept().await {
            tcp.write_all(greeting.as_bytes()).await.unwrap();
            let mut heard = Vec::new();
            if greeting.starts_with("HTTP") {
                tcp.shutdown().await.unwrap();
            }
            // Until the client goes.
            let _gone = tcp.read_to_end(&mut heard).await;
        }
    });
    Running { port, task }
}

fn password(port: u16, text: &str) -> SshEndpoint {
    endpoint_at(port, Auth::Password(text.to_owned().into()))
}

async fn refused(endpoint: &SshEndpoint, limits: &Timeouts) -> ConnectError {
    SshConnection::connect(endpoint, limits).await.unwrap_err()
}

#[tokio::test]
async fn a_password_opens_the_server_and_a_wrong_one_does_not() {
    let server = serve(Manners::Password).await;
    SshConnection::connect(&password(server.port, "sesame"), &Timeouts::default())
        .await
        .unwrap();
    let error = refused(&password(server.port, "barley"), &Timeouts::default()).await;
    let expected = ConnectError::AuthFailed {
        tried: vec!["password".to_owned()],
        offered: vec!["password".to_owned()],
    };
    assert_eq!(error, expected);
}

#[tokio::test]
async fn a_password_answers_a_hidden_question() {
    let server = serve(Manners::Prompt).await;
    SshConnection::connect(&password(server.port, "sesame"), &Timeouts::default())
        .await
        .unwrap();
    let error = refused(&password(server.port, "barley"), &Timeouts::default()).await;
    let ConnectError::AuthFailed { tried, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(*tried, ["password", "keyboard-interactive"]);
}

#[tokio::test]
async fn a_login_without_an_answer_has_a_limit() {
    let server = serve(Manners::HangInLogin).await;
    let limits = Timeouts {
        auth: Duration::from_millis(400),
        ..Timeouts::default()
    };
    let began = Instant::now();
    let error = refused(&password(server.port, "sesame"), &limits).await;
    assert_eq!(error, ConnectError::AuthTimeout { limit: limits.auth });
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_login_is_no_refusal() {
    let server = serve(Manners::DropInLogin).await;
    let error = refused(&password(server.port, "sesame"), &Timeouts::default()).await;
    assert_eq!(error.reason(), "lost_connection", "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_silent_server_has_a_limit() {
    let server = say("").await;
    let began = Instant::now();
    let error = refused(&password(server.port, "x"), &short()).await;
    assert!(
        matches!(
            error,
            ConnectError::ConnectTimeout {
                stage: Stage::Greeting,
                ..
            }
        ),
        "{error:?}"
    );
    let took = began.elapsed();
    assert!(
        took >= Duration::from_millis(500) && took < Duration::from_secs(3),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_server_that_stops_after_its_greeting_has_a_limit() {
    let server = say("SSH-2.0-Silence\r\n").await;
    let error = refused(&password(server.port, "x"), &short()).await;
    let expected = matches!(
        error,
        ConnectError::ConnectTimeout {
            stage: Stage::KeyExchange,
            ..
        }
    );
    assert!(expected, "{error:?}");
}

#[tokio::test]
async fn another_service_is_recognised() {
    let server = say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let error = refused(&password(server.port, "x"), &short()).await;
    let ConnectError::NotSsh { greeting } = &error else {
        panic!("{error:?}")
    };
    assert!(greeting.starts_with("HTTP/1.1 400"), "{greeting}");
}

#[tokio::test]
async fn an_end_without_a_status_is_no_success() {
    let server = serve(Manners::Password).await;
    let endpoint = password(server.port, "sesame");
    let connection = SshConnection::connect(&endpoint, &Timeouts::default())
        .await
        .unwrap();
    let mut output = Collected::up_to(100);
    let command = Command::new(Shell::Sh, "true");
    let error = connection
        .run(&command, &mut output, &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(error, ExecError::NoExitStatus);
    assert!(error.may_have_started());
}

#[tokio::test]
async fn a_server_that_never_starts_a_command_is_given_up() {
    let server = serve(Manners::HangInExec).await;
    let endpoint = password(server.port, "sesame");
    let connection = SshConnection::connect(&endpoint, &Timeouts::default())
        .await
        .unwrap();
    let mut output = Collected::up_to(100);
    let command = Command::new(Shell::Sh, "true");
    let error = connection
        .run(&command, &mut output, &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(error.reason(), "lost_connection", "{error}");
    assert!(!error.may_have_started());
    assert!(connection.is_closed());
}

#[tokio::test]
async fn dropbear_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let made = std::process::Command::new("dropbearkey")
        .args(["-t", "ed25519", "-f"])
        .arg(folder.path().join("host"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    let mut child = std::process::Command::new("dropbear")
        .args(["-F", "-E", "-s", "-p", &format!("127.0.0.1:{port}"), "-r"])
        .arg(folder.path().join("host"))
        .arg("-P")
        .arg(folder.path().join("pid"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let pem = key
        .to_openssh(russh::keys::ssh_key::LineEnding::LF)
        .unwrap()
        .to_string();
    let mut endpoint = endpoint_at(port, key_auth(pem));
    endpoint.user = "root".to_owned();
    let deadline = Instant::now() + Duration::from_secs(10);
    let error = loop {
        let error = refused(&endpoint, &Timeouts::default()).await;
        if error.reason() != "connect_refused" || Instant::now() > deadline {
            break error;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let expected = ConnectError::AuthFailed {
        tried: vec!["publickey".to_owned()],
        offered: vec!["publickey".to_owned()],
    };
    assert_eq!(error, expected);
}
