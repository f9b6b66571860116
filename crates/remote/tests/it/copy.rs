use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use remote::{CopyError, ExecError, Overwrite, Upload, Via};
use tokio_util::sync::CancellationToken;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::connect;

fn upload(path: &Path, content: impl Into<Bytes>, overwrite: Overwrite) -> Upload {
    Upload {
        path: path.display().to_string(),
        content: content.into(),
        mode: 0o640,
        owner: None,
        overwrite,
        sudo: None,
        timeout: Duration::from_secs(30),
    }
}

/// A server that has SFTP, and one that has not.
async fn both() -> [(Sshd, Via); 2] {
    let without = SshdOptions {
        has_sftp: false,
        ..SshdOptions::default()
    };
    [
        (Sshd::start().await, Via::Sftp),
        (Sshd::start_with(without).await, Via::Exec),
    ]
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_arrives_whole_with_its_mode() {
    let content: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|n| n.to_le_bytes().into_iter().take(1))
        .collect();
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's a file $HOME");
        let wish = upload(&path, content.clone(), Overwrite::Refuse);
        let done = connection
            .upload(&wish, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(
            (done.via, done.verified, done.bytes),
            (via, true, 3_000_000)
        );
        assert_eq!(fs::read(&path).unwrap(), content);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o640
        );
        assert_eq!(names_in(folder.path()), ["it's a file $HOME"]);
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file_too() {
    for (server, _via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("-empty");
        let wish = upload(&path, Bytes::new(), Overwrite::Refuse);
        connection
            .upload(&wish, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }
}

#[tokio::test]
async fn what_stands_there_is_replaced_only_when_allowed() {
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        let token = CancellationToken::new();
        let refuse = upload(&path, "new", Overwrite::Refuse);
        let error = connection.upload(&refuse, &token).await.unwrap_err();
        assert_eq!(error, CopyError::Exists(refuse.path.clone()), "{via:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let replace = upload(&path, "new", Overwrite::Replace);
        connection.upload(&replace, &token).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names_in(folder.path()), ["file"], "{via:?}");
    }
}

#[tokio::test]
async fn a_link_is_replaced_and_not_followed() {
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("link"), folder.path().join("other"));
        fs::write(&other, "other").unwrap();
        symlink(&other, &path).unwrap();
        let wish = upload(&path, "new", Overwrite::Replace);
        connection
            .upload(&wish, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "other", "{via:?}");
        assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{via:?}");
    }
}

#[tokio::test]
async fn a_missing_folder_and_a_folder_in_the_way_are_named() {
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let token = CancellationToken::new();
        let missing = upload(&folder.path().join("none/file"), "x", Overwrite::Replace);
        let error = connection.upload(&missing, &token).await.unwrap_err();
        let parent = folder.path().join("none").display().to_string();
        assert_eq!(error, CopyError::ParentMissing(parent), "{via:?}");

        let occupied = folder.path().join("dir");
        fs::create_dir(&occupied).unwrap();
        let wish = upload(&occupied, "x", Overwrite::Replace);
        let error = connection.upload(&wish, &token).await.unwrap_err();
        assert_eq!(error, CopyError::IsFolder(wish.path.clone()), "{via:?}");
        assert_eq!(names_in(folder.path()), ["dir"], "{via:?}");
    }
}

#[tokio::test]
async fn an_owner_is_set_and_an_unknown_one_refused() {
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let token = CancellationToken::new();
        let mut wish = upload(&path, "x", Overwrite::Replace);
        wish.mode = 0o6755;
        wish.owner = Some(server.user().to_owned());
        connection.upload(&wish, &token).await.unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o6755,
            "{via:?}"
        );
        wish.owner = Some("no-such-user-here".to_owned());
        let error = connection.upload(&wish, &token).await.unwrap_err();
        assert!(
            matches!(error, CopyError::OwnerRefused(_)),
            "{via:?}: {error}"
        );
        assert_eq!(names_in(folder.path()), ["file"], "{via:?}");
    }
}

#[tokio::test]
async fn what_names_no_file_is_refused_before_anything_is_sent() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let token = CancellationToken::new();
    for path in ["", "/", "/tmp/", "/tmp/..", "a\0b"] {
        let wish = upload(Path::new(path), "x", Overwrite::Refuse);
        let error = connection.upload(&wish, &token).await.unwrap_err();
        assert_eq!(error, CopyError::BadPath(path.to_owned()));
    }
    let mut wish = upload(Path::new("/tmp/x"), "x", Overwrite::Refuse);
    for owner in ["a b", "-R", "a:b:c", "x;y", "a:"] {
        wish.owner = Some(owner.to_owned());
        let error = connection.upload(&wish, &token).await.unwrap_err();
        assert_eq!(error, CopyError::BadOwner(owner.to_owned()));
    }
}

#[tokio::test]
async fn a_canceled_or_late_copy_leaves_nothing_behind() {
    for (server, via) in both().await {
        let connection = connect(&server).await;
        let folder = tempfile::tempdir().unwrap();
        let mut wish = upload(
            &folder.path().join("file"),
            vec![1; 64 << 20],
            Overwrite::Refuse,
        );
        wish.timeout = Duration::from_millis(60);
        let error = connection
            .upload(&wish, &CancellationToken::new())
            .await
            .unwrap_err();
        assert_eq!(error, CopyError::TimedOut(wish.timeout), "{via:?}");
        let token = CancellationToken::new();
        token.cancel();
        wish.timeout = Duration::from_secs(60);
        let error = connection.upload(&wish, &token).await.unwrap_err();
        assert_eq!(error, CopyError::Canceled, "{via:?}");
        assert!(
            names_in(folder.path()).is_empty(),
            "{via:?}: {:?}",
            names_in(folder.path())
        );
    }
}

#[tokio::test]
async fn an_account_for_files_only_gets_the_file_unverified() {
    let options = SshdOptions {
        config: vec!["ForceCommand internal-sftp".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let wish = upload(&path, "content", Overwrite::Refuse);
    let done = connection
        .upload(&wish, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((done.via, done.verified), (Via::Sftp, false));
    assert_eq!(fs::read_to_string(&path).unwrap(), "content");
}

#[tokio::test]
async fn a_dead_connection_copies_nothing() {
    let mut server = Sshd::start().await;
    let connection = connect(&server).await;
    server.crash();
    let folder = tempfile::tempdir().unwrap();
    let wish = upload(&folder.path().join("file"), "x", Overwrite::Refuse);
    let error = connection
        .upload(&wish, &CancellationToken::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error, CopyError::Exec(ExecError::LostConnection { .. })),
        "{error}"
    );
}
