//! Runs with known ends: what is asked for, and what must come of it.

use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// What may be done with a step when its executor is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Outlives its connection; must not run twice.
    Detached,
    /// Ends with its connection; must not run twice.
    Bound,
    /// May run twice.
    Idempotent,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Detached, Self::Bound, Self::Idempotent];
}

/// A step that is asked for.
#[derive(Clone, Debug)]
pub struct Task {
    /// Unlike that of every other step; what the ledger knows it by.
    pub mark: String,
    /// What may be done with it.
    pub kind: Kind,
    /// Lines that it prints on each stream.
    pub count: u32,
    /// Milliseconds between its lines.
    pub pause_ms: u32,
    /// How it ends.
    pub exit_code: i32,
    /// What a failure does to its run.
    pub on_error: &'static str,
    /// Which target it runs on.
    pub target: usize,
    /// Another place, where something else than the target is.
    pub place: Option<(String, u16)>,
    /// Zero bytes that it prints before its lines; the middle of so much is left out on record.
    pub flood: u64,
}

impl Task {
    /// A step that prints `lines` lines in about `seconds` and ends well.
    pub fn new(mark: &str, kind: Kind, (lines, seconds): (u32, f64)) -> Self {
        Self {
            mark: mark.to_owned(),
            kind,
            count: lines,
            pause_ms: (seconds * 1000.0 / f64::from(lines.max(1))) as u32,
            exit_code: 0,
            on_error: "stop",
            target: 0,
            place: None,
            flood: 0,
        }
    }

    /// The command: it notes its begin and end, prints its lines and the secret.
    pub fn command(&self, folder: &Path) -> String {
        let Self {
            mark,
            count,
            exit_code,
            flood,
            ..
        } = self;
        let ledger = folder.join("ledger");
        let (ledger, secret) = (ledger.display(), folder.join("canary"));
        let pause = f64::from(self.pause_ms) / 1000.0;
        format!(
            "echo \"{mark} begin $$ $EPOCHREALTIME\" >> {ledger}\n\
             cat {secret}\n\
             [ {flood} = 0 ] || head -c {flood} /dev/zero\n\
             for i in $(seq {count}); do echo \"{mark} out $i\"; echo \"{mark} err $i\" >&2; sleep {pause}; done\n\
             echo \"{mark} end $$ $EPOCHREALTIME\" >> {ledger}\n\
             exit {exit_code}",
            secret = secret.display(),
        )
    }

    /// What standard output must be, to the byte.
    pub fn stdout(&self) -> String {
        format!("***\n{}", self.lines())
    }

    /// The lines at its end.
    pub fn lines(&self) -> String {
        self.printed("out")
    }

    /// What standard error must have in it, in one piece: shells of the machine say things before,
    /// the executor after it.
    pub fn stderr(&self) -> String {
        self.printed("err")
    }

    fn printed(&self, stream: &str) -> String {
        (1..=self.count)
            .map(|i| format!("{} {stream} {i}\n", self.mark))
            .collect()
    }

    /// The step as in a definition.
    pub fn spec(&self, folder: &Path) -> Value {
        let mut spec = json!({"command": self.command(folder), "shell": "bash"});
        match self.kind {
            Kind::Detached => {}
            Kind::Bound => spec["detach"] = "never".into(),
            Kind::Idempotent => spec["idempotent"] = true.into(),
        }
        spec
    }
}

/// A run that is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its steps in order.
    pub tasks: Vec<Task>,
    /// Somebody cancels it after so many milliseconds.
    pub cancel_after_ms: Option<u64>,
}

/// An endless stream of orders, the same for the same seed.
pub struct Stream {
    rng: StdRng,
    name: String,
    next: u32,
    targets: usize,
}

impl Stream {
    /// Marks begin with `name`; steps go to the first `targets` targets.
    pub fn new(name: &str, seed: u64, targets: usize) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            name: name.to_owned(),
            next: 0,
            targets,
        }
    }

    fn task(&mut self, place: usize) -> Task {
        let kind = Kind::ALL[self.rng.random_range(0..Kind::ALL.len())];
        let mark = format!("{}.{}.{place}", self.name, self.next);
        let is_quick = self.rng.random_bool(0.5);
        let seconds = if is_quick {
            0.0
        } else {
            self.rng.random_range(0.5..8.0)
        };
        let lines = self.rng.random_range(1..40);
        let fails = self.rng.random_bool(0.15);
        Task {
            exit_code: if fails {
                self.rng.random_range(1..100)
            } else {
                0
            },
            on_error: ["stop", "continue", "ignore"][self.rng.random_range(0..3)],
            target: self.rng.random_range(0..self.targets),
            ..Task::new(&mark, kind, (lines, seconds))
        }
    }
}

impl Iterator for Stream {
    type Item = Order;

    fn next(&mut self) -> Option<Order> {
        let count = self.rng.random_range(1..4);
        let mut tasks: Vec<_> = (0..count).map(|place| self.task(place)).collect();
        let is_canceled = self.rng.random_bool(0.15);
        let cancel_after_ms = is_canceled.then(|| self.rng.random_range(0..6000));
        if is_canceled && self.rng.random_bool(0.5) {
            // It would outlive the trial: only the cancel ends it.
            if let Some(last) = tasks.last_mut() {
                (last.count, last.pause_ms, last.exit_code) = (1, 300_000, 0);
            }
        }
        self.next += 1;
        Some(Order {
            tasks,
            cancel_after_ms,
        })
    }
}
