//! Commands to be detached on targets that lack something for it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use remote::{Command, DetachError, Detached, End, Shell};

use crate::detached::{folder, follow, launch, until_gone};
use crate::sshd::{Sshd, SshdOptions};
use crate::support::{connect, sh};

#[tokio::test]
async fn without_a_home_the_folder_is_in_tmp() {
    let options = SshdOptions {
        config: vec!["SetEnv HOME=/proc".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let mut detached = Detached::new();
    let command = Command::new(Shell::Sh, "echo done");
    let (settled, output) = launch(&connection, &command, &mut detached).await.unwrap();
    assert_eq!(output.stdout_text(), "done\n");
    let (_code, user) = sh(&connection, "id -u").await;
    let base = PathBuf::from(format!("/tmp/.opsconductor-{}", user.trim()));
    let mode = std::fs::metadata(&base).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let folder = base.join(detached.token());
    assert!(folder.exists());
    settled.forget().await;
    until_gone(&folder).await;
}

#[tokio::test]
async fn a_target_without_setsid_says_so_and_starts_nothing() {
    let tools = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", tools.path().join("sh")).unwrap();
    let options = SshdOptions {
        config: vec![format!("SetEnv PATH={}", tools.path().display())],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let mut detached = Detached::new();
    let refused = launch(&connection, &Command::new(Shell::Sh, "true"), &mut detached).await;
    let Err(DetachError::Cannot(why)) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(why, "the target has no setsid");
    assert!(!folder(detached.token()).exists());
}

#[tokio::test]
async fn a_command_that_cannot_be_followed_for_now_is_known_to_have_begun() {
    let options = SshdOptions {
        config: vec!["MaxSessions 1".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let mut detached = Detached::new();
    let command = Command::new(Shell::Sh, "sleep 4; echo done");
    let refused = launch(&connection, &command, &mut detached).await;
    let Err(DetachError::Exec { error, started }) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!((error.reason(), *started), ("channel_refused", true));
    let other = connect(&server).await;
    let (settled, output) = follow(&other, &mut detached).await.unwrap();
    assert_eq!(
        (&settled.end, output.stdout_text().as_str()),
        (&End::Exited(0), "done\n")
    );
    settled.forget().await;
    until_gone(&folder(detached.token())).await;
}
