//! Measures the resolver; `scripts/bench ports` runs it.
//!
//! Prints a line of JSON for each case: its name, the milliseconds of the slowest of five runs, and
//! the most memory that the process has had by then, in megabytes.

use std::collections::BTreeMap;
use std::io::{Error, Write as _};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use port_manager::domain::resolver::{Movable, Question, Wish, resolve};
use serde_json::json;

const RUNS: u32 = 5;

/// A port from 1 up, whatever the number.
fn port(number: usize) -> u16 {
    u16::try_from(number % 65_535 + 1).unwrap_or(1)
}

/// Services of which every two are declared on one port, with former ports and wishes of their own;
/// every hundredth port is one that nobody may use.
fn crowd(count: usize, range: &RangeInclusive<u16>, seats: usize) -> Question {
    let first = usize::from(*range.start()) - 1;
    let wishes = (0..count).map(|number| Wish {
        name: format!("service-{number:06}"),
        port: Some(port(first + number % seats)),
        weight: 1 + u32::from(number % 3 == 0),
        movable: if number % 5 == 0 {
            Movable::Restart
        } else {
            Movable::Live
        },
        allowed: vec![range.clone()],
        former: vec![port(first + number * 7 % seats)],
        preferred: port(first + number * 31 % seats),
    });
    let blocked = range.clone().step_by(100);
    Question {
        wishes: wishes.collect(),
        blocked: blocked
            .map(|port| (port, "held by pid 42 other".to_owned()))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Solves all questions, and tells how many services could be placed in all.
fn solve(questions: &[Question]) -> usize {
    let placed = questions.iter().map(|question| match resolve(question) {
        Ok(_plan) => question.wishes.len(),
        Err(stuck) => question.wishes.len() - stuck.services.len(),
    });
    placed.sum()
}

fn peak_megabytes() -> Result<f64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = peak.and_then(|text| text.trim().strip_suffix("kB"));
    let kibibytes: f64 = kibibytes
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(f64::NAN);
    Ok(kibibytes / 1024.0)
}

fn measure(case: &str, questions: &[Question]) -> Result<(), Error> {
    let mut slowest = Duration::ZERO;
    let mut placed = 0;
    for _ in 0..RUNS {
        let began = Instant::now();
        placed = solve(questions);
        slowest = slowest.max(began.elapsed());
    }
    let line = json!({
        "case": case, "ms": slowest.as_secs_f64() * 1000.0, "mb": peak_megabytes()?, "placed": placed,
    });
    writeln!(std::io::stdout(), "{line}")
}

fn main() -> Result<(), Error> {
    measure("small", &[crowd(1000, &(10_000..=19_999), 500)])?;
    let all = 1..=u16::MAX;
    let host = || crowd(50_000, &all, 25_000);
    measure("two hosts", &[host(), host()])?;
    measure("too many", &[crowd(100_000, &all, 50_000)])
}
