//! Tests of another crate that hold a promise of the table, again and again.

use tokio::process::Command;

use super::{Trial, figure};
use crate::check::Findings;
use crate::figures::Figure;

/// The crate whose tests they are.
const PACKAGE: &str = "jobs";
/// What a test prints before the seconds that it has measured.
const MEASURED: &str = "measured: ";

struct Promise {
    number: &'static str,
    what: &'static str,
    test: &'static str,
}

const PROMISES: [Promise; 3] = [
    Promise {
        number: "R8",
        what: "64 requests at once with one key start one run",
        test: "runs::sixty_four_requests_with_one_key_start_one_run",
    },
    Promise {
        number: "R11",
        what: "a reader that takes nothing: others get all at once, it misses output and no change of state",
        test: "live::who_is_far_behind_misses_output_but_no_change_of_state",
    },
    Promise {
        number: "R12",
        what: "1,000 readers of one run; p99 of each round, from the write to its arrival",
        test: "live::a_thousand_watchers_all_get_it_soon",
    },
];

/// R8, R11, R12: where the service that keeps the promise is a part of the test.
pub(super) async fn tests(trial: Trial<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    for promise in PROMISES {
        let (mut findings, mut seconds) = (Findings::default(), Vec::new());
        for _ in 0..trial.rounds {
            match once(&promise).await {
                Ok(measured) => seconds.extend(measured),
                Err(why) => findings.broken.push(why),
            }
        }
        let counted = (trial.rounds, &findings);
        figures.push(figure(
            promise.number,
            promise.what,
            counted,
            seconds,
            trial.seed,
        ));
    }
    figures
}

/// Runs a test once: the seconds that it has measured, or what it said when it failed.
async fn once(promise: &Promise) -> Result<Vec<f64>, String> {
    let only = format!("test(={})", promise.test);
    let words = [
        "nextest",
        "run",
        "--locked",
        "--no-capture",
        "-p",
        PACKAGE,
        "-E",
        &only,
    ];
    let done = Command::new("cargo").args(words).output().await;
    let done = done.map_err(|error| format!("cargo cannot be run: {error}"))?;
    let printed = String::from_utf8_lossy(&done.stdout);
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(format!("{}: {printed}{said}", promise.test));
    }
    let measured = printed
        .lines()
        .filter_map(|line| line.trim().strip_prefix(MEASURED)?.parse().ok());
    Ok(measured.collect())
}
