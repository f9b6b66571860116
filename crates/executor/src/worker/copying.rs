//! Files whose content is fetched before it is written to a target.

use std::time::Duration;

use clients::outside::{Answer, Call, OutsideError};
use sha2::{Digest, Sha256};
use tokio::sync::SemaphorePermit;

use super::attempt::Attempt;
use super::requesting;
use crate::connector::Fault;
use crate::domain::command::Source;
use crate::domain::outcome::Verdict;
use crate::domain::plan::Work;

/// Most bytes of a file that is fetched: it is held in memory.
const MOST_BYTES: usize = 16 << 20;
/// Most redirects that are followed.
const MOST_REDIRECTS: usize = 5;

impl Attempt<'_> {
    /// Fetches the content of a file, if the step says where from; nothing was sent until then. The
    /// answer is the room that the content takes.
    pub(super) async fn fetch_content(
        &self,
        work: &mut Work,
        limit: Duration,
    ) -> Result<Option<SemaphorePermit<'_>>, Verdict> {
        let Work::Copy(file) = work else {
            return Ok(None);
        };
        let Some(source) = &file.source else {
            return Ok(None);
        };
        let room = self.worker.slots.room().await;
        let fetched = tokio::time::timeout(limit, self.download(source)).await;
        let fetched = fetched.unwrap_or_else(|_elapsed| {
            let text = "The content was not fetched in time.";
            Err(Fault::lasting("timed_out", text))
        });
        file.content = fetched.map_err(|fault| self.unsent(&fault))?;
        Ok(room)
    }

    async fn download(&self, source: &Source) -> Result<Vec<u8>, Fault> {
        let mut answer = self.ask_for(&source.url).await?;
        let mut content = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
            if content.len() + chunk.len() > MOST_BYTES {
                let text = format!("The content is longer than {MOST_BYTES} bytes.");
                return Err(Fault::lasting("too_long", text));
            }
            content.extend_from_slice(&chunk);
        }
        let sum = Sha256::digest(&content);
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        match &source.sha256 {
            Some(expected) if *expected != sum => {
                let text = format!("The content has the SHA-256 {sum}, not {expected}.");
                Err(Fault::lasting("checksum_mismatch", text))
            }
            Some(_) | None => Ok(content),
        }
    }

    /// Each address on the way is looked at as the first one is.
    async fn ask_for(&self, url: &str) -> Result<Answer, Fault> {
        let mut call = Call {
            method: "GET".to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        for _redirect in 0..=MOST_REDIRECTS {
            let sent = self.worker.outside.send(&call).await;
            let answer = sent.map_err(|error| fault(&error))?;
            match answer.redirects_to() {
                Some(next) => call.url = next,
                None if answer.status() == 200 => return Ok(answer),
                None => {
                    let text = format!("Asking for the content gave status {}.", answer.status());
                    return Err(Fault::lasting("http_status", text));
                }
            }
        }
        let text = format!("More than {MOST_REDIRECTS} redirects.");
        Err(Fault::lasting("http_status", text))
    }
}

/// Fetching twice does no harm.
fn fault(error: &OutsideError) -> Fault {
    Fault {
        may_have_started: false,
        ..requesting::fault(error)
    }
}
