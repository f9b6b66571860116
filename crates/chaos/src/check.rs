//! Compares what was executed with what is on record.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::ledger::{self, Ledger};
use crate::record::{EventRow, RunRow, StepRow};
use crate::work::{Kind, Order, Task};
use crate::world::World;

/// Statuses that never change again.
const FINAL_RUN: [&str; 3] = ["succeeded", "failed", "canceled"];
const FINAL_STEP: [&str; 4] = ["succeeded", "failed", "aborted", "skipped"];

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Runs that were looked at.
    pub runs: usize,
    /// Steps that were looked at.
    pub steps: usize,
    /// Steps by their end: status, or status and reason.
    pub ends: BTreeMap<String, usize>,
    /// Commands that were executed.
    pub executions: usize,
    /// Every promise that was broken, in words.
    pub broken: Vec<String>,
}

impl Findings {
    /// Stops the trial if a promise was broken.
    ///
    /// # Panics
    /// When one was.
    pub fn assert_kept(&self, seed: u64) {
        assert!(self.broken.is_empty(), "seed {seed}: {:#?}", self.broken);
    }

    pub(crate) fn expect(&mut self, is_kept: bool, broken: impl FnOnce() -> String) {
        if !is_kept {
            self.broken.push(broken());
        }
    }
}

/// Waits until every run is over or waits for a person, at most `limit`.
pub async fn quiescence(world: &World, limit: Duration) {
    let deadline = Instant::now() + limit;
    while world.record.open_runs().await > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Looks at everything, once all is healed and quiet.
pub async fn check(world: &World, orders: &[Order]) -> Findings {
    let (runs, steps) = (world.record.runs().await, world.record.steps().await);
    let events = world.record.events().await;
    let ledger = world.ledger();
    let tasks: BTreeMap<_, _> = orders
        .iter()
        .flat_map(|order| &order.tasks)
        .flat_map(|task| [Some(task), task.undo.as_deref()])
        .flatten()
        .map(|task| (task.mark.as_str(), task))
        .collect();
    let mut findings = Findings {
        runs: runs.len(),
        steps: steps.len(),
        executions: ledger.values().map(Vec::len).sum(),
        ..Findings::default()
    };
    for run in &runs {
        check_run(&mut findings, run, &steps, &events);
        check_fleet(&mut findings, run, &events);
    }
    for step in &steps {
        let task = tasks
            .get(step.name.as_str())
            .expect("every step was asked for");
        let end = [Some(step.status.as_str()), step.reason.as_deref()];
        let end: Vec<_> = end.into_iter().flatten().collect();
        *findings.ends.entry(end.join(" ")).or_default() += 1;
        check_record(&mut findings, step, &events);
        check_execution(&mut findings, step, task, &ledger);
        check_output(&mut findings, step, task);
    }
    check_secrets(&mut findings, world).await;
    findings
}

fn check_run(findings: &mut Findings, run: &RunRow, steps: &[StepRow], events: &[EventRow]) {
    let is_final = FINAL_RUN.contains(&run.status.as_str());
    let waits = run.status == "needs_attention" && run.reason.is_some();
    findings.expect(is_final || waits, || {
        let of_run: Vec<_> = steps.iter().filter(|step| step.run_id == run.id).collect();
        format!("lost run: {run:?}, {of_run:?}")
    });
    let numbers: Vec<_> = events
        .iter()
        .filter(|event| event.run_id == run.id)
        .map(|event| event.seq)
        .collect();
    let whole: Vec<_> = (1..=run.event_seq).collect();
    findings.expect(numbers == whole, || {
        format!("gap in the events of {run:?}: {numbers:?}")
    });
    for step in steps
        .iter()
        .filter(|step| is_final && step.run_id == run.id)
    {
        let is_over = FINAL_STEP.contains(&step.status.as_str());
        findings.expect(is_over, || format!("{} run with {step:?}", run.status));
    }
}

/// Never more targets at a time than the fleet may have.
fn check_fleet(findings: &mut Findings, run: &RunRow, events: &[EventRow]) {
    let Some(most) = run.parallel.and_then(|most| usize::try_from(most).ok()) else {
        return;
    };
    let mut running = BTreeSet::new();
    for event in events.iter().filter(|event| event.run_id == run.id) {
        match event.kind.as_str() {
            "step.running" => running.insert(event.step_id),
            "output" | "step.cancel_requested" => false,
            _end => running.remove(&event.step_id),
        };
        findings.expect(running.len() <= most, || {
            format!("{} steps at a time in {run:?}", running.len())
        });
    }
}

/// One accepted end for each final step, none for others; no claim is left.
fn check_record(findings: &mut Findings, step: &StepRow, events: &[EventRow]) {
    let is_final = FINAL_STEP.contains(&step.status.as_str());
    let ends = events
        .iter()
        .filter(|event| event.step_id == Some(step.id))
        .filter(|event| {
            FINAL_STEP
                .iter()
                .any(|end| event.kind == format!("step.{end}"))
        })
        .count();
    findings.expect(ends == usize::from(is_final), || {
        format!("{ends} ends of {step:?}")
    });
    findings.expect(!step.is_live, || format!("a claim is left of {step:?}"));
}

fn check_execution(findings: &mut Findings, step: &StepRow, task: &Task, ledger: &Ledger) {
    let none = Vec::new();
    let executions = ledger.get(&step.name).unwrap_or(&none);
    let count = executions.len();
    findings.expect(count <= 1 || task.kind == Kind::Idempotent, || {
        format!("run {count} times though not idempotent: {step:?} {executions:?}")
    });
    let says_done = step.status == "succeeded" || step.reason.as_deref() == Some("exit_code");
    let was_done = executions.iter().any(|one| one.has_ended);
    findings.expect(was_done || !says_done, || {
        format!("never done: {step:?} {executions:?}")
    });
    if step.metrics["stop_verified"] == true && step.status == "aborted" {
        let last = executions.last().filter(|one| !one.has_ended);
        let lives = last.is_some_and(|one| ledger::lives(one.pid));
        findings.expect(!lives, || format!("lives on though canceled: {step:?}"));
    }
}

fn check_output(findings: &mut Findings, step: &StepRow, task: &Task) {
    let is_done = step.status == "succeeded" || step.reason.as_deref() == Some("exit_code");
    if !is_done {
        return;
    }
    findings.expect(step.exit_code == Some(task.exit_code), || {
        format!("exit code should be {}: {step:?}", task.exit_code)
    });
    let out = step.stdout.as_deref().unwrap_or_default();
    let err = step.stderr.as_deref().unwrap_or_default();
    let is_right = if task.flood == 0 {
        out == task.stdout()
    } else {
        out.starts_with("***\n") && out.ends_with(&task.lines()) && out.len() < 300_000 * 3
    };
    let is_whole = is_right && err.contains(&task.stderr());
    findings.expect(is_whole, || format!("other output: {step:.2000?}"));
}

async fn check_secrets(findings: &mut Findings, world: &World) {
    let mut texts = world.texts();
    texts.push(("the database".to_owned(), world.record.text().await));
    for (place, text) in &texts {
        for canary in &world.canaries {
            findings.expect(!text.contains(canary), || format!("a secret is in {place}"));
        }
    }
}
