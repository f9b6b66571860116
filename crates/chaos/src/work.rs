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
    /// Its place in the fleet, if it is of one.
    pub lane: Option<i32>,
    /// What undoes it.
    pub undo: Option<Box<Task>>,
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
            lane: None,
            undo: None,
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

    /// The same, with what undoes it; that has the mark of it and `.undo`.
    pub fn undone_by(self, kind: Kind) -> Self {
        let undo = Task {
            target: self.target,
            ..Task::new(&format!("{}.undo", self.mark), kind, (3, 0.5))
        };
        Self {
            undo: Some(Box::new(undo)),
            ..self
        }
    }

    /// Whether it may be sent twice.
    pub fn is_idempotent(&self) -> bool {
        self.kind == Kind::Idempotent
    }

    /// Longest time it may take, in seconds.
    pub fn timeout_sec(&self) -> i32 {
        if self.is_idempotent() { 60 } else { 120 }
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
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Its steps in order; those of a fleet target by target.
    pub tasks: Vec<Task>,
    /// Most targets of its fleet at a time; none: it has no fleet.
    pub parallel: Option<i32>,
    /// What somebody cancels.
    pub cancel: Option<Cancel>,
}

/// A cancel by a person.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// When, in milliseconds after the run was asked for.
    pub after_ms: u64,
    /// Mark of the step; none: all of the run.
    pub mark: Option<String>,
}

impl Order {
    /// One after the other.
    pub fn of(tasks: Vec<Task>) -> Self {
        Self {
            tasks,
            ..Self::default()
        }
    }
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

    /// Sometimes a person cancels the run, or one of its steps.
    fn cancel(&mut self, tasks: &mut [Task]) -> Option<Cancel> {
        if !self.rng.random_bool(0.2) {
            return None;
        }
        let place = self.rng.random_range(0..tasks.len());
        if self.rng.random_bool(0.5) {
            // It would outlive the trial: only the cancel ends it.
            let one = &mut tasks[place];
            (one.count, one.pause_ms, one.exit_code) = (1, 300_000, 0);
        }
        let is_of_step = self.rng.random_bool(0.4);
        Some(Cancel {
            after_ms: self.rng.random_range(0..6000),
            mark: is_of_step.then(|| tasks[place].mark.clone()),
        })
    }
}

impl Iterator for Stream {
    type Item = Order;

    fn next(&mut self) -> Option<Order> {
        let count = self.rng.random_range(1..4);
        let lanes = self
            .rng
            .random_bool(0.3)
            .then(|| self.rng.random_range(2..6));
        let mut tasks: Vec<_> = (0..count * lanes.unwrap_or(1))
            .map(|place| self.task(place))
            .collect();
        if let Some(lanes) = lanes {
            spread(&mut tasks, lanes);
        }
        let cancel = self.cancel(&mut tasks);
        self.next += 1;
        Some(Order {
            parallel: lanes.map(|_| self.rng.random_range(1..5)),
            tasks,
            cancel,
        })
    }
}

/// Makes a fleet of steps: so many targets, each with its share of them.
fn spread(tasks: &mut [Task], lanes: usize) {
    let each = tasks.len() / lanes;
    for (lane, of_lane) in (0_i32..).zip(tasks.chunks_mut(each)) {
        let target = of_lane[0].target;
        for task in of_lane {
            (task.lane, task.target) = (Some(lane), target);
        }
    }
}
