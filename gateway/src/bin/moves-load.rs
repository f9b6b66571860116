//! Asks one service through the edge on connections that are kept, and sends nothing twice; `scripts/bench
//! moves` runs it while the service moves.
//!
//!   moves-load BASE CERTIFICATE SERVICE CONNECTIONS     ends with its standard input
//!
//! Half of the requests are POSTs without a token, which the service refuses. Prints a line of JSON: what was
//! sent, what failed, and the slowest answers in milliseconds.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::{Certificate, Client, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

/// Pause of a connection between two requests: the edge lets so many through for one address.
const PACE: Duration = Duration::from_millis(5);

/// What one connection has met.
#[derive(Default)]
struct Met {
    answers: Vec<f64>,
    failed: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| {
        arguments
            .next()
            .with_context(|| format!("{name} is missing"))
    };
    let (base, certificate) = (next("BASE")?, next("CERTIFICATE")?);
    let (service, connections): (String, usize) = (next("SERVICE")?, next("CONNECTIONS")?.parse()?);
    // Fails only when the process has a provider already, which is then the same one.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let certificate = Certificate::from_pem(&std::fs::read(certificate)?)?;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for number in 0..connections {
        let client = Client::builder()
            .tls_certs_only([certificate.clone()])
            .no_proxy()
            .retry(reqwest::retry::never())
            .timeout(Duration::from_secs(30))
            .build()?;
        let urls = (
            format!("{base}/{service}/info"),
            format!("{base}/api/v1/{service}"),
        );
        let is_post = number % 2 == 1;
        clients.spawn(ask(client, urls, is_post, Arc::clone(&is_over)));
    }
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
    is_over.store(true, Ordering::SeqCst);
    let mut all = Met::default();
    while let Some(met) = clients.join_next().await {
        let met = met?;
        all.answers.extend(met.answers);
        all.failed.extend(met.failed);
    }
    all.answers.sort_by(f64::total_cmp);
    let at = |part: usize| all.answers.get(all.answers.len() * part / 1000).copied();
    let said = json!({
        "sent": all.answers.len() + all.failed.len(), "failed": all.failed.len(),
        "first_failures": all.failed.iter().take(5).collect::<Vec<_>>(),
        "p50_ms": at(500), "p999_ms": at(999), "slowest_ms": all.answers.last(),
    });
    writeln!(io::stdout(), "{said}")?;
    Ok(())
}

async fn ask(
    client: Client,
    urls: (String, String),
    is_post: bool,
    is_over: Arc<AtomicBool>,
) -> Met {
    let mut met = Met::default();
    while !is_over.load(Ordering::SeqCst) {
        let (request, expected) = if is_post {
            (client.post(&urls.1).body("{}"), StatusCode::UNAUTHORIZED)
        } else {
            (client.get(&urls.0), StatusCode::OK)
        };
        let begun = Instant::now();
        let answer = async {
            let answer = request.send().await?;
            let status = answer.status();
            answer.bytes().await?;
            Ok::<_, reqwest::Error>(status)
        };
        match answer.await {
            Ok(status) if status == expected => {
                met.answers.push(begun.elapsed().as_secs_f64() * 1e3)
            }
            Ok(status) => met.failed.push(format!("answered {status}")),
            Err(error) => met.failed.push(format!("{error:?}")),
        }
        tokio::time::sleep(PACE).await;
    }
    met
}
