//! Steps that write or read a file.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::model::job::FetchAs;

use super::attempt::Attempt;
use crate::connector::{End, Fault, Session};
use crate::domain::command::{FileCopy, FileFetch};
use crate::domain::output::{Side, StepOutput};

impl Attempt<'_> {
    /// Writes a file, and says so.
    pub(super) async fn copy_file(
        &self,
        file: &FileCopy,
        timeout: Duration,
        session: &dyn Session,
        output: &mut StepOutput,
    ) -> Result<End, Fault> {
        let end = session.copy(file, timeout, &self.held.stop).await?;
        if let End::Copied {
            bytes,
            sha256,
            is_verified,
        } = &end
        {
            let (path, checked) = (&file.path, checked(*is_verified));
            let said = format!("{bytes} bytes written to {path}, SHA-256 {sha256}, {checked}\n");
            output.push(Side::Stdout, said.as_bytes()).await;
        }
        Ok(end)
    }

    /// Reads a file; its content is the output.
    pub(super) async fn fetch_file(
        &self,
        file: &FileFetch,
        timeout: Duration,
        session: &dyn Session,
        output: &mut StepOutput,
    ) -> Result<End, Fault> {
        let end = session.fetch(file, timeout, &self.held.stop).await?;
        if let End::Fetched {
            content,
            sha256,
            is_verified,
        } = &end
        {
            match file.form {
                FetchAs::Text if std::str::from_utf8(content).is_err() => {
                    let text = "The file is no UTF-8: read it as b64.";
                    return Err(Fault::lasting("not_text", text));
                }
                FetchAs::Text => output.push(Side::Stdout, content).await,
                FetchAs::B64 => {
                    let encoded = STANDARD.encode(content);
                    output.push(Side::Stdout, encoded.as_bytes()).await;
                }
            }
            let (path, bytes) = (&file.path, content.len());
            let checked = checked(*is_verified);
            let said = format!("{bytes} bytes read from {path}, SHA-256 {sha256}, {checked}\n");
            output.push(Side::Stderr, said.as_bytes()).await;
        }
        Ok(end)
    }
}

fn checked(is_verified: bool) -> &'static str {
    if is_verified {
        "as the target confirms"
    } else {
        "unconfirmed"
    }
}
